-- What happened last?   psql -f sql/look/log.sql   (as a role that may SET ROLE ee_audit)
SET ROLE ee_audit;
SELECT position, at, tenant, actor, stream, version, tag, left(body::text, 120) AS body
  FROM engine.event_text
 ORDER BY position DESC
 LIMIT 50;
