-- The whole life of one address, tenant, rollout …
--   psql -v stream=ip-203.0.113.7 -f sql/look/stream.sql
SET ROLE ee_audit;
SELECT version, at, actor, cause, tag, body
  FROM engine.event_text
 WHERE stream = :'stream'
 ORDER BY version;
