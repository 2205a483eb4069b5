from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('latchkey', '0002_people')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Lease',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('holder', fields.UUIDField(description='drawn anew by whoever takes it')),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'leases', 'app': 'latchkey', 'pk_attr': 'name', 'table_description': 'Some work, and who does it until when. Whoever is killed at it keeps the others waiting no longer.'},
            bases=['Model'],
        ),
        ops.AddIndex(
            model_name='OneTimeCode',
            index=Index(fields=['expires_at'], name='codes_by_expiry'),
        ),
    ]
