"""The words of each product, with an index of the database's own over them, and what was searched for in vain.

SQLite: a table of FTS5 that takes its content from the entries, kept equal by triggers, and the list of its words.
PostgreSQL: a column with the words and their weights, filled by a trigger, under GIN; no extension is needed. There are
few writes and many searches, so the index keeps no list of pending changes that every search would have to read. Words
are folded and divided before they get here, so neither database parses any language.

A later migration that rebuilds the table of entries on SQLite must make its triggers again.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = ("name", "labels", "details", "story")
LIST = ", ".join(COLUMNS)
OLD, NEW = (", ".join(f"{row}.{column}" for column in COLUMNS) for row in ("old", "new"))
ADD = f"INSERT INTO catalog_searchindex (rowid, {LIST}) VALUES (new.page_id, {NEW})"
DROP = f"INSERT INTO catalog_searchindex (catalog_searchindex, rowid, {LIST}) VALUES ('delete', old.page_id, {OLD})"
SQLITE = [
    f"""
    CREATE VIRTUAL TABLE catalog_searchindex USING fts5(
        {LIST}, content='catalog_searchentry', content_rowid='page_id', tokenize='ascii', prefix='2 3', detail='column'
    )
    """,
    "CREATE VIRTUAL TABLE catalog_searchword USING fts5vocab('catalog_searchindex', 'col')",
    f"CREATE TRIGGER catalog_searchentry_added AFTER INSERT ON catalog_searchentry BEGIN {ADD}; END",
    f"CREATE TRIGGER catalog_searchentry_changed AFTER UPDATE ON catalog_searchentry BEGIN {DROP}; {ADD}; END",
    f"CREATE TRIGGER catalog_searchentry_dropped AFTER DELETE ON catalog_searchentry BEGIN {DROP}; END",
]
WEIGHED = " || ".join(
    f"catalog_weighed(NEW.{column}, '{weight}')" for column, weight in zip(COLUMNS, "ABCD", strict=True)
)
POSTGRESQL = [
    """
    CREATE FUNCTION catalog_weighed(words text, weight "char") RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT setweight(coalesce(string_agg(quote_literal(word) || ':' || place, ' '), '')::tsvector, weight)
        FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS each (word, place) WHERE word <> ''
    $$
    """,
    "ALTER TABLE catalog_searchentry ADD COLUMN words tsvector NOT NULL DEFAULT ''",
    "CREATE INDEX catalog_searchentry_words ON catalog_searchentry USING gin (words) WITH (fastupdate = off)",
    f"""
    CREATE FUNCTION catalog_searchentry_weigh() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.words := {WEIGHED}; RETURN NEW; END
    $$
    """,
    """
    CREATE TRIGGER catalog_searchentry_weigh BEFORE INSERT OR UPDATE ON catalog_searchentry
    FOR EACH ROW EXECUTE FUNCTION catalog_searchentry_weigh()
    """,
]
BACK_SQLITE = [
    *(f"DROP TRIGGER catalog_searchentry_{name}" for name in ("added", "changed", "dropped")),
    "DROP TABLE catalog_searchword",
    "DROP TABLE catalog_searchindex",
]
BACK_POSTGRESQL = [
    "DROP TRIGGER catalog_searchentry_weigh ON catalog_searchentry",
    "DROP FUNCTION catalog_searchentry_weigh()",
    "ALTER TABLE catalog_searchentry DROP COLUMN words",
    'DROP FUNCTION catalog_weighed(text, "char")',
]


def forwards(apps, schema_editor):
    run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def backwards(apps, schema_editor):
    run(schema_editor, {"sqlite": BACK_SQLITE, "postgresql": BACK_POSTGRESQL})


def run(schema_editor, statements):
    for statement in statements.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_movements_have_no_side_door"),
        ("wagtailsearchpromotions", "0008_query_verbose_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="catalog.productpage",
                    ),
                ),
                ("name", models.TextField(blank=True)),
                ("labels", models.TextField(blank=True)),
                ("details", models.TextField(blank=True)),
                ("story", models.TextField(blank=True)),
                ("indexed_at", models.DateTimeField(db_index=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="EmptySearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField()),
                ("times", models.PositiveIntegerField(default=0)),
                (
                    "query",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="empty_searches",
                        to="wagtailsearchpromotions.query",
                    ),
                ),
            ],
            options={
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=["query", "date"], name="one_count_of_empty_searches_a_day")
                ],
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
