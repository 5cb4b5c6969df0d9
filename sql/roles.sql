-- Roles and rights that the engine needs, for one database.  Run it as a superuser, or as a role
-- with CREATEROLE that owns the database; running it again changes nothing:
--
--   psql -d <database> -f sql/roles.sql
--
-- Roles belong to the cluster, so another database may have made them already.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'ee_owner',    -- owns everything; nobody logs in as it
    'ee_migrate',  -- becomes ee_owner at start, and its connection is closed before serving
    'ee_engine',   -- reads and appends; writes the read models; owns nothing
    'ee_api',      -- reads the rows of one tenant
    'ee_audit',    -- reads all
    'ee_backup'    -- dumps all
  ] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- made before, or at this moment by somebody else
    END;
  END LOOP;
  -- Under forced row-level security even the owner sees nothing, so pg_dump needs BYPASSRLS.
  BEGIN
    IF NOT (SELECT rolbypassrls FROM pg_roles WHERE rolname = 'ee_backup') THEN
      ALTER ROLE ee_backup BYPASSRLS;
    END IF;
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'ee_backup has no BYPASSRLS here: dump with pg_dump --enable-row-security';
  END;
  IF NOT pg_has_role('ee_migrate', 'ee_owner', 'MEMBER') THEN
    GRANT ee_owner TO ee_migrate;
  END IF;
  EXECUTE format('GRANT CREATE ON DATABASE %I TO ee_owner', current_database());
END $$;
