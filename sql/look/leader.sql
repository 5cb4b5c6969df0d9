-- Who leads, how far the log is, how far behind the read models are, and who is connected.
SET ROLE ee_audit;
SELECT f.epoch, f.holder, f.position AS log, c.position AS views, f.position - c.position AS behind,
       (SELECT at FROM engine.event e WHERE e.position = f.position) AS last_event
  FROM engine.fence f, engine.checkpoint c;
SELECT pid, application_name, state, state_change, wait_event_type, wait_event
  FROM pg_stat_activity
 WHERE datname = current_database() AND application_name LIKE 'email-engine%'
 ORDER BY application_name, pid;
