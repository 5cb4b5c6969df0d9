-- What tenants are given to hold is sealed with this key (engine/api/seals.py): places in a log that
-- is everybody's.  Here, so that it outlives a restart and every engine of this database has it.
-- It opens nothing but those: with it, a tenant could count the events of all.

CREATE TABLE engine.seal (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  key      bytea   NOT NULL CHECK (octet_length(key) = 32)
);
-- Two UUIDs of 122 random bits each, from the server's own source of strong randomness.
INSERT INTO engine.seal (key)
VALUES (sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea));
GRANT SELECT ON engine.seal TO ee_engine;

-- A tenant's reader needs to know which rows hold, and not how far the log has come.
REVOKE SELECT ON engine.checkpoint FROM ee_api;
GRANT SELECT (generation) ON engine.checkpoint TO ee_api;
