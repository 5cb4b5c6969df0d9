-- Who leads, how far the log is, how far behind the read models are, and which of
-- the engine's connections there are (asked as its own login).
SET ROLE ee_audit;
SELECT f.epoch, f.holder, f.position AS log, c.position AS views, f.position - c.position AS behind,
       (SELECT at FROM engine.event e WHERE e.position = f.position) AS last_event
  FROM engine.fence f, engine.checkpoint c;
-- A role sees only sessions of its own login.
RESET ROLE;
SELECT pid, application_name, state, state_change, wait_event_type, wait_event
  FROM pg_stat_activity
 WHERE datname = current_database() AND usename = session_user
 ORDER BY application_name, pid;
