-- The log: every command, look, decision and outcome, in one order, for ever.
-- Applied by `email-engine` as ee_owner, in one transaction.  No SECURITY DEFINER anywhere.

CREATE SCHEMA engine;
-- Whatever is added later can be dumped without anybody thinking of it.
ALTER DEFAULT PRIVILEGES IN SCHEMA engine GRANT SELECT ON TABLES TO ee_backup;

-- What was done to this database.  A file that is recorded here is never edited again.
CREATE TABLE engine.migration (
  name       text        PRIMARY KEY,
  sha256     bytea       NOT NULL CHECK (octet_length(sha256) = 32),
  applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE engine.event (
  position bigint      PRIMARY KEY CHECK (position > 0),  -- place in the whole log, no gaps
  stream   text        NOT NULL,                      -- "<category>-<key>", e.g. ip-203.0.113.7
  version  bigint      NOT NULL CHECK (version > 0),  -- place in the stream, no gaps
  id       uuid        NOT NULL UNIQUE,    -- the writer's, time-ordered; same id, same event
  tag      text        NOT NULL,           -- of the body, e.g. ip.stage_entered
  at       timestamptz NOT NULL,           -- when the writer accepted it, by its clock
  tenant   text,                           -- NULL: the platform's own (nodes, zones, authority)
  actor    text        NOT NULL,           -- an id such as key:7, never a name
  cause    text        NOT NULL,           -- command id or effect key it follows from
  body     bytea       NOT NULL,           -- JSON as it was written: the digest covers these bytes
  digest   bytea       NOT NULL CHECK (octet_length(digest) = 32),  -- see engine/store/digest.py
  UNIQUE (stream, version)
);
CREATE INDEX event_of_tenant ON engine.event (tenant, position);

-- Who may append, and where the log ends.  Each append moves it in its own transaction:
--   UPDATE engine.fence SET position = …, digest = …
--    WHERE epoch = <mine> AND holder = <me> AND position = <what I wrote last>
-- No row: deposed.  A new leader raises the epoch first, and acts once that is acknowledged.
CREATE TABLE engine.fence (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  epoch    bigint  NOT NULL CHECK (epoch >= 0),
  holder   text    NOT NULL,               -- engine id, a random id per process start, API address
  position bigint  NOT NULL CHECK (position >= 0),
  digest   bytea   NOT NULL CHECK (octet_length(digest) = 32)  -- of the last event; at first zeros
);
INSERT INTO engine.fence (epoch, holder, position, digest)
VALUES (0, '', 0, decode(repeat('00', 32), 'hex'));

-- For people: the same rows with a body one can read, under the reader's own policies.  json and
-- not jsonb: jsonb refuses an escaped NUL, and one such event would hide all the others.
CREATE VIEW engine.event_text WITH (security_invoker = true) AS
  SELECT position, stream, version, id, tag, at, tenant, actor, cause,
         convert_from(body, 'UTF8')::json AS body
    FROM engine.event;

-- What is written stays, whoever asks.  For each statement, so that TRUNCATE is covered too.
CREATE FUNCTION engine.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on %.%: the log is append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'EE405';
END $$;
REVOKE ALL ON FUNCTION engine.refuse() FROM PUBLIC;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON engine.event
  FOR EACH STATEMENT EXECUTE FUNCTION engine.refuse();

-- Forced: holds for the owner as well.  A role without a policy sees nothing.
ALTER TABLE engine.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE engine.event FORCE ROW LEVEL SECURITY;
CREATE POLICY engine_reads  ON engine.event FOR SELECT TO ee_engine USING (true);
CREATE POLICY engine_writes ON engine.event FOR INSERT TO ee_engine WITH CHECK (true);
CREATE POLICY reads_all     ON engine.event FOR SELECT TO ee_audit, ee_backup USING (true);
-- set_config('engine.tenant', …, true) in each transaction; after one it is '', not NULL.
CREATE POLICY tenant_reads  ON engine.event FOR SELECT TO ee_api
  USING (tenant = nullif(current_setting('engine.tenant', true), ''));

GRANT USAGE ON SCHEMA engine TO ee_engine, ee_api, ee_audit, ee_backup;
GRANT INSERT ON engine.event TO ee_engine;
GRANT SELECT ON engine.event, engine.event_text TO ee_engine, ee_api, ee_audit;
GRANT SELECT ON engine.fence TO ee_engine, ee_audit;
GRANT UPDATE (epoch, holder, position, digest) ON engine.fence TO ee_engine;
GRANT SELECT ON engine.migration TO ee_engine, ee_audit;
