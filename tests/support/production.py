"""The environment of a production server that has everything it needs."""

SECRET = "s3cret"
"""What stands in every value that nobody may ever read in a message."""

PRODUCTION = {
    "LATCHKEY_ENV": "production",
    "LATCHKEY_PUBLIC_URL": "https://accounts.example.com",
    "LATCHKEY_DATABASE_URL": f"postgres://latchkey:{SECRET}@db.example.com/latchkey",
    "LATCHKEY_SMTP_URL": f"smtps://latchkey:{SECRET}@mail.example.com",
    "LATCHKEY_SIGNING_KEYS_FILE": "/etc/latchkey/keys.json",
    "LATCHKEY_SECRET_KEY": SECRET * 6,
}
