-- When each API key was used last, to the minute.  No event: it would be one for each request, and
-- says nothing that is ever decided on.  May be thrown away.

CREATE TABLE engine.key_use (
  key          text        COLLATE "C" PRIMARY KEY,  -- its public part
  last_used_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON engine.key_use TO ee_engine;
GRANT SELECT ON engine.key_use TO ee_audit;
