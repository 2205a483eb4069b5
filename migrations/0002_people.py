from tortoise import migrations
from tortoise.migrations import operations as ops
from models.mail import MailKind, MailState
from models.otp import OtpPurpose
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('latchkey', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('email_normalised', fields.CharField(max_length=320)),
                ('purpose', fields.CharEnumField(description='an OtpPurpose', enum_type=OtpPurpose, max_length=16)),
                ('digest', fields.CharField(description='keyed HMAC of address, purpose and code', max_length=64)),
                ('attempts', fields.IntField(default=0, description='how many comparisons it has cost so far')),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'one_time_codes', 'app': 'latchkey', 'unique_together': (('email_normalised', 'purpose'),), 'pk_attr': 'id', 'table_description': 'The newest code for an address and a purpose. Never the code itself, only its keyed digest.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OutboxMail',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('state', fields.CharEnumField(description='a MailState', enum_type=MailState, max_length=10)),
                ('kind', fields.CharEnumField(description='a MailKind', enum_type=MailKind, max_length=24)),
                ('recipient', fields.CharField(description='the address as typed, empty when suppressed', max_length=320)),
                ('locale', fields.CharField(description='the language of the template', max_length=8)),
                ('details', fields.TextField(description='what the template is filled with, as JSON', unique=False)),
                ('attempts', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(description='when to try next, and while it is claimed, when that lapses', auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, description='from when on it is of no use', auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'outbox', 'app': 'latchkey', 'indexes': [Index(fields=['state', 'due_at'], name='outbox_by_due')], 'pk_attr': 'id', 'table_description': 'One letter. Its details, which may hold a code, are wiped as soon as it is sent, dead or expired.'},
            bases=['Model'],
        ),
    ]
