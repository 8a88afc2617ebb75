"""The first version: an office's SQLite file from before versions were noted. PostgreSQL begins with the next one."""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    "CREATE TABLE journal (position INTEGER NOT NULL, writer VARCHAR(32) NOT NULL, epoch BIGINT NOT NULL, seq "
    "BIGINT NOT NULL, hash VARCHAR(64) NOT NULL, signature BLOB NOT NULL, raw BLOB NOT NULL, type VARCHAR(64) "
    "NOT NULL, account VARCHAR(64), previous BIGINT NOT NULL, PRIMARY KEY (position), UNIQUE (writer, epoch, "
    "seq))",
    "CREATE INDEX journal_supply ON journal (type, position) WHERE account IS NULL AND writer = 'office'",
    "CREATE TABLE fork (writer VARCHAR(32) NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, hash "
    "VARCHAR(64) NOT NULL, signature BLOB NOT NULL, raw BLOB NOT NULL, carried BOOLEAN NOT NULL, PRIMARY KEY "
    "(writer, epoch, seq, hash))",
    "CREATE TABLE writer (id VARCHAR(32) NOT NULL, epoch BIGINT NOT NULL, branch VARCHAR(64) NOT NULL, name "
    'VARCHAR(200) NOT NULL, "key" VARCHAR(64) NOT NULL, box VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, hash '
    "VARCHAR(64) NOT NULL, state VARCHAR(8) NOT NULL, reason VARCHAR(200) NOT NULL, PRIMARY KEY (id, epoch))",
    "CREATE TABLE enrol_code (secret_hash VARCHAR(64) NOT NULL, branch VARCHAR(64) NOT NULL, name "
    "VARCHAR(200) NOT NULL, again VARCHAR(32), expires VARCHAR(40) NOT NULL, used_by VARCHAR(64), till "
    "VARCHAR(32), epoch BIGINT, PRIMARY KEY (secret_hash))",
    "CREATE TABLE account (number VARCHAR(64) NOT NULL, branch VARCHAR(64) NOT NULL, branches VARCHAR NOT "
    "NULL, last BIGINT NOT NULL, facts BLOB NOT NULL, PRIMARY KEY (number))",
    "CREATE TABLE serves (branch VARCHAR(64) NOT NULL, account VARCHAR(64) NOT NULL, PRIMARY KEY (branch, "
    "account)) WITHOUT ROWID",
    "CREATE TABLE card (serial VARCHAR(32) NOT NULL, account VARCHAR(64) NOT NULL, issue INTEGER NOT NULL, "
    "state VARCHAR(16) NOT NULL, PRIMARY KEY (serial, account)) WITHOUT ROWID",
    "CREATE TABLE vend (job VARCHAR(64) NOT NULL, account VARCHAR(64) NOT NULL, writer VARCHAR(32) NOT NULL, "
    "receipt VARCHAR(64), energy BIGINT NOT NULL, amount BIGINT NOT NULL, at VARCHAR(40) NOT NULL, state "
    "VARCHAR(16) NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, clerk VARCHAR(64) NOT NULL, "
    "tariff_class VARCHAR(64) NOT NULL, payment VARCHAR(32) NOT NULL, money_credit BIGINT NOT NULL, kind "
    "VARCHAR(16) NOT NULL, for_job VARCHAR(200) NOT NULL, PRIMARY KEY (job, account)) WITHOUT ROWID",
    "CREATE INDEX vend_at ON vend (writer, at)",
    "CREATE TABLE movement (job VARCHAR(64) NOT NULL, account VARCHAR(64) NOT NULL, writer VARCHAR(32) NOT "
    "NULL, receipt VARCHAR(64), energy BIGINT NOT NULL, amount BIGINT NOT NULL, at VARCHAR(40) NOT NULL, "
    "state VARCHAR(16) NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, clerk VARCHAR(64) NOT NULL, "
    "tariff_class VARCHAR(64) NOT NULL, payment VARCHAR(32) NOT NULL, money_credit BIGINT NOT NULL, kind "
    "VARCHAR(16) NOT NULL, for_job VARCHAR(200) NOT NULL, PRIMARY KEY (job, account)) WITHOUT ROWID",
    "CREATE INDEX movement_at ON movement (writer, at)",
    "CREATE TABLE total (day VARCHAR(10) NOT NULL, branch VARCHAR(64) NOT NULL, writer VARCHAR(32) NOT NULL, "
    "clerk VARCHAR(64) NOT NULL, tariff_class VARCHAR(64) NOT NULL, payment VARCHAR(32) NOT NULL, kind "
    "VARCHAR(16) NOT NULL, number BIGINT NOT NULL, energy BIGINT NOT NULL, money_credit BIGINT NOT NULL, "
    "money BIGINT NOT NULL, PRIMARY KEY (day, branch, writer, clerk, tariff_class, payment, kind)) WITHOUT "
    "ROWID",
    "CREATE TABLE counted (writer VARCHAR(32) NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, PRIMARY "
    "KEY (writer)) WITHOUT ROWID",
    "CREATE TABLE shift (writer VARCHAR(32) NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, at "
    "VARCHAR(40) NOT NULL, hash VARCHAR(64) NOT NULL, value BLOB NOT NULL, PRIMARY KEY (writer, epoch, seq)) "
    "WITHOUT ROWID",
    "CREATE TABLE utility (id INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (id))",
    "CREATE TABLE clock (writer VARCHAR(32) NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, ahead_ms "
    "BIGINT, set_ms BIGINT NOT NULL, PRIMARY KEY (writer, epoch, seq)) WITHOUT ROWID",
    'CREATE TABLE decision ("key" VARCHAR(200) NOT NULL, account VARCHAR(64) NOT NULL, rule VARCHAR(32) NOT '
    'NULL, type VARCHAR(32) NOT NULL, state VARCHAR(16) NOT NULL, value BLOB NOT NULL, PRIMARY KEY ("key", '
    "account))",
    "CREATE INDEX decision_account ON decision (account)",
    'CREATE INDEX decision_state ON decision (state, account, "key")',
    "CREATE TABLE tariff (name VARCHAR(64) NOT NULL, value BLOB NOT NULL, PRIMARY KEY (name))",
    "CREATE TABLE allotment (serial VARCHAR(32) NOT NULL, branch VARCHAR(64) NOT NULL, PRIMARY KEY (serial))",
    "CREATE INDEX allotment_branch ON allotment (branch)",
    "CREATE TABLE feed (position INTEGER NOT NULL, scope VARCHAR(64) NOT NULL, entry BIGINT NOT NULL, count "
    "INTEGER NOT NULL, PRIMARY KEY (position))",
    "CREATE INDEX feed_scope ON feed (scope, position)",
    "CREATE TABLE finder (kind VARCHAR(8) NOT NULL, term VARCHAR(200) NOT NULL, account VARCHAR(64) NOT NULL, "
    "PRIMARY KEY (kind, term, account)) WITHOUT ROWID",
    "CREATE INDEX finder_account ON finder (account)",
    "CREATE TABLE meta (name VARCHAR(64) NOT NULL, value VARCHAR NOT NULL, PRIMARY KEY (name))",
)


def upgrade() -> None:
    """Its tables."""
    for statement in _TABLES:
        op.execute(statement)
