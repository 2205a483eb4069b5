"""Where the database lives: so that a copy which is brought back somewhere can be told from the original."""

from tortoise import fields
from tortoise.models import Model


class Home(Model):
    """The place where this database was when it was last known to be whole. A copy takes the row along."""

    name = fields.CharField(max_length=32, primary_key=True)
    place = fields.CharField(max_length=64, description="as the database tells it, or that it is a copy")
    noted_at = fields.DatetimeField()

    class Meta:
        """One row."""

        table = "home"
