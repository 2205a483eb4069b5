from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('latchkey', '0003_leases')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Home',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('place', fields.CharField(description='as the database tells it, or that it is a copy', max_length=64)),
                ('noted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'home', 'app': 'latchkey', 'pk_attr': 'name', 'table_description': 'The place where this database was when it was last known to be whole. A copy takes the row along.'},
            bases=['Model'],
        ),
    ]
