-- One view's table, with all that belongs to it, as migrations/0002_views.sql made the first ones.
-- What is there stays as it is; what is missing is added; nothing is ever dropped.  The engine runs
-- it at each start as ee_owner, once for each view it knows, after
--
--   SET LOCAL engine.view = 'ips';
--   SET LOCAL engine.view_columns = 'phase,reason,node,purpose';  -- '' for none
--   SET LOCAL engine.view_of_tenants = 'true';  -- 'false': what the platform alone reads
DO $$
DECLARE
  view   text := current_setting('engine.view');
  name   text := 'view_' || view;
  place  text := format('engine.%I', name);
  one    text;
  policy record;
BEGIN
  IF to_regclass(place) IS NULL THEN
    EXECUTE format(
      'CREATE TABLE %s ('
      ' generation int              NOT NULL,'
      ' key        text COLLATE "C" NOT NULL,'
      ' tenant     text,'
      ' body       bytea            NOT NULL,'
      ' PRIMARY KEY (generation, key))', place);
    -- The rows that were kept here, if any were, are gone: the engine makes them anew.
    UPDATE engine.checkpoint SET codecs = codecs - view;
  END IF;

  FOREACH one IN ARRAY string_to_array(current_setting('engine.view_columns'), ',') LOOP
    IF NOT EXISTS (SELECT FROM pg_attribute
                    WHERE attrelid = place::regclass AND attname = one AND NOT attisdropped) THEN
      EXECUTE format('ALTER TABLE %s ADD COLUMN %I text', place, one);
      UPDATE engine.checkpoint SET codecs = codecs - view;
    END IF;
  END LOOP;

  one := name || '_of_tenant';
  IF to_regclass(format('engine.%I', one)) IS NULL THEN
    EXECUTE format('CREATE INDEX %I ON %s (generation, tenant, key)', one, place);
  END IF;

  -- Forced: it holds for the owner as well.
  IF NOT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
           WHERE oid = place::regclass) THEN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', place);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', place);
  END IF;

  -- A view without tenant_reads shows ee_api nothing, whatever it asks.
  FOR policy IN
    SELECT *
      FROM (VALUES
        ('engine_all', 'TO ee_engine USING (true) WITH CHECK (true)', true),
        ('reads_all', 'FOR SELECT TO ee_audit, ee_backup USING (true)', true),
        ('tenant_reads', 'FOR SELECT TO ee_api'
          ' USING (tenant = nullif(current_setting(''engine.tenant'', true), ''''))',
         current_setting('engine.view_of_tenants')::boolean)
      ) AS policies (named, rule, wanted)
     WHERE wanted AND NOT EXISTS (SELECT FROM pg_policy
                                   WHERE polrelid = place::regclass AND polname = named)
  LOOP
    EXECUTE format('CREATE POLICY %I ON %s %s', policy.named, place, policy.rule);
  END LOOP;

  IF NOT (has_table_privilege('ee_engine', place, 'SELECT')
          AND has_table_privilege('ee_engine', place, 'INSERT')
          AND has_table_privilege('ee_engine', place, 'UPDATE')
          AND has_table_privilege('ee_engine', place, 'DELETE')) THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO ee_engine', place);
  END IF;
  IF NOT (has_table_privilege('ee_api', place, 'SELECT')
          AND has_table_privilege('ee_audit', place, 'SELECT')) THEN
    EXECUTE format('GRANT SELECT ON %s TO ee_api, ee_audit', place);
  END IF;
  -- ee_backup reads what is made from now on by a default privilege of schema engine; a table made
  -- with that taken away would be missing from every dump.
  IF NOT has_table_privilege('ee_backup', place, 'SELECT') THEN
    EXECUTE format('GRANT SELECT ON %s TO ee_backup', place);
  END IF;
END $$;
