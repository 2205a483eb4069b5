from tortoise import migrations
from tortoise.migrations import operations as ops
from models.audit import AuditKind, AuditOutcome
from models.sessions import RevocationReason
from models.users import Role
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('occurred_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('kind', fields.CharEnumField(description='an AuditKind', enum_type=AuditKind, max_length=32)),
                ('outcome', fields.CharEnumField(description='an AuditOutcome', enum_type=AuditOutcome, max_length=8)),
                ('reason', fields.CharField(null=True, description='an error code or a revocation reason', max_length=32)),
                ('user_id', fields.UUIDField(null=True)),
                ('session_id', fields.UUIDField(null=True)),
                ('ip_address', fields.CharField(null=True, max_length=45)),
                ('user_agent', fields.CharField(null=True, max_length=512)),
                ('request_id', fields.CharField(null=True, max_length=36)),
            ],
            options={'table': 'audit_events', 'app': 'latchkey', 'indexes': [Index(fields=['user_id', 'id'], name='audit_by_user'), Index(fields=['occurred_at'], name='audit_by_time')], 'pk_attr': 'id', 'table_description': 'One thing that happened. It outlives the user and the session it names: no foreign keys.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='User',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('email', fields.CharField(description='as typed, for showing', max_length=320)),
                ('email_normalised', fields.CharField(unique=True, description='trimmed, NFKC, lower case: for comparing', max_length=320)),
                ('password_hash', fields.CharField(null=True, description='PHC string, null without a password', max_length=255)),
                ('role', fields.CharEnumField(default=Role.USER, description='a Role', enum_type=Role, max_length=8)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('verified_at', fields.DatetimeField(null=True, description='when the person proved that the e-mail is theirs', auto_now=False, auto_now_add=False)),
                ('onboarded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('disabled_at', fields.DatetimeField(null=True, description='since when nothing of the account works', auto_now=False, auto_now_add=False)),
                ('last_login_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_logout_at', fields.DatetimeField(null=True, description='when sessions were last ended on purpose', auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'users', 'app': 'latchkey', 'pk_attr': 'id', 'table_description': 'An account. Whether it is signed in is not stored: it is whether it has a live session.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Profile',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.OneToOneField('latchkey.User', source_field='user_id', db_constraint=True, to_field='id', related_name='profile', on_delete=OnDelete.CASCADE)),
                ('first_name', fields.CharField(null=True, max_length=100)),
                ('last_name', fields.CharField(null=True, max_length=100)),
                ('display_name', fields.CharField(null=True, max_length=100)),
                ('phone', fields.CharField(null=True, description='E.164', max_length=16)),
                ('locale', fields.CharField(null=True, description='BCP 47', max_length=35)),
                ('timezone', fields.CharField(null=True, description='IANA name', max_length=64)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'profiles', 'app': 'latchkey', 'pk_attr': 'id', 'table_description': 'What a person says of themselves. A user without a row has an empty profile.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Session',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('user', fields.ForeignKeyField('latchkey.User', source_field='user_id', db_constraint=True, to_field='id', related_name='sessions', on_delete=OnDelete.CASCADE)),
                ('current_jti', fields.UUIDField(unique=True)),
                ('remember_me', fields.BooleanField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_used_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ip_address', fields.CharField(null=True, max_length=45)),
                ('user_agent', fields.CharField(null=True, max_length=512)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_reason', fields.CharEnumField(null=True, description='a RevocationReason', enum_type=RevocationReason, max_length=20)),
            ],
            options={'table': 'sessions', 'app': 'latchkey', 'indexes': [Index(fields=['user_id', 'revoked_at'], name='sessions_by_user')], 'pk_attr': 'id', 'table_description': 'One sign-in of one client. It is live while it is not revoked and not expired, and its user is enabled.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OutstandingToken',
            fields=[
                ('jti', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('session', fields.ForeignKeyField('latchkey.Session', source_field='session_id', db_constraint=True, to_field='id', related_name='tokens', on_delete=OnDelete.CASCADE)),
                ('user', fields.ForeignKeyField('latchkey.User', source_field='user_id', db_constraint=True, to_field='id', related_name='tokens', on_delete=OnDelete.CASCADE)),
                ('kid', fields.CharField(description='the key that signed it, so that a replay gives the same bytes', max_length=64)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'outstanding_tokens', 'app': 'latchkey', 'indexes': [Index(fields=['session_id'], name='outstanding_by_session'), Index(fields=['expires_at'], name='outstanding_by_expiry')], 'pk_attr': 'jti', 'table_description': 'A refresh token that was issued. It stays until it expires, revoked or not.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BlacklistedToken',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.OneToOneField('latchkey.OutstandingToken', source_field='token_id', db_constraint=True, to_field='jti', related_name='blacklisted', on_delete=OnDelete.CASCADE)),
                ('revoked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('reason', fields.CharEnumField(description='a RevocationReason', enum_type=RevocationReason, max_length=20)),
            ],
            options={'table': 'blacklisted_tokens', 'app': 'latchkey', 'pk_attr': 'id', 'table_description': 'A refresh token that is refused, with when and why. A token can be revoked once.'},
            bases=['Model'],
        ),
    ]
