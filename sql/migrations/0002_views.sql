-- The read models: how things stand, folded from the log.  One table for each projection, one row
-- for each of its keys, and the position of the log they all stand at.  Only the leader's pump
-- writes them.  They can be thrown away: the log folds them again.

-- The rows of `generation` are the ones that are read.  A rebuild writes the next generation beside
-- them and ends with one UPDATE of this row.
CREATE TABLE engine.checkpoint (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  generation int     NOT NULL CHECK (generation > 0),
  position   bigint  NOT NULL CHECK (position >= 0)
);
INSERT INTO engine.checkpoint (generation, position) VALUES (1, 0);
GRANT SELECT ON engine.checkpoint TO ee_engine, ee_api, ee_audit;
GRANT UPDATE (generation, position) ON engine.checkpoint TO ee_engine;

-- Views that tenants read: each row belongs to one of them, or to nobody.  Keys are compared by
-- code point, whatever the database's locale, so that pages come in one order everywhere.

CREATE TABLE engine.view_tenants (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_tenants_of_tenant ON engine.view_tenants (generation, tenant, key);

CREATE TABLE engine.view_ips (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  phase      text,
  reason     text,
  node       text,
  purpose    text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_ips_of_tenant ON engine.view_ips (generation, tenant, key);

CREATE TABLE engine.view_listings (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  listed     text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_listings_of_tenant ON engine.view_listings (generation, tenant, key);

CREATE TABLE engine.view_rollouts (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  node       text,
  state      text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_rollouts_of_tenant ON engine.view_rollouts (generation, tenant, key);

CREATE TABLE engine.view_servers (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  instance   text,
  state      text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_servers_of_tenant ON engine.view_servers (generation, tenant, key);

CREATE TABLE engine.view_alerts (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  name       text,
  severity   text,
  state      text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_alerts_of_tenant ON engine.view_alerts (generation, tenant, key);

CREATE TABLE engine.view_effects (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  state      text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_effects_of_tenant ON engine.view_effects (generation, tenant, key);

CREATE TABLE engine.view_audit (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  actor      text,
  outcome    text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_audit_of_tenant ON engine.view_audit (generation, tenant, key);

-- Views of the platform, which no tenant reads.

CREATE TABLE engine.view_nodes (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_nodes_of_tenant ON engine.view_nodes (generation, tenant, key);

CREATE TABLE engine.view_pauses (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_pauses_of_tenant ON engine.view_pauses (generation, tenant, key);

CREATE TABLE engine.view_authorities (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  mode       text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_authorities_of_tenant ON engine.view_authorities (generation, tenant, key);

CREATE TABLE engine.view_keys (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_keys_of_tenant ON engine.view_keys (generation, tenant, key);

CREATE TABLE engine.view_zones (
  generation int              NOT NULL,
  key        text COLLATE "C" NOT NULL,
  tenant     text,
  health     text,
  body       bytea            NOT NULL,
  PRIMARY KEY (generation, key)
);
CREATE INDEX view_zones_of_tenant ON engine.view_zones (generation, tenant, key);

-- The same rules for each of them, said once.  Forced: they hold for the owner as well.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'view_tenants', 'view_ips', 'view_listings', 'view_rollouts', 'view_nodes',
    'view_pauses', 'view_servers', 'view_alerts', 'view_authorities', 'view_effects',
    'view_audit', 'view_keys', 'view_zones'
  ] LOOP
    EXECUTE format('ALTER TABLE engine.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE engine.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY engine_all ON engine.%I TO ee_engine'
                   ' USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY reads_all ON engine.%I FOR SELECT TO ee_audit, ee_backup'
                   ' USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON engine.%I TO ee_engine', name);
    EXECUTE format('GRANT SELECT ON engine.%I TO ee_api, ee_audit', name);
  END LOOP;

  -- A view without this policy shows ee_api nothing, whatever it asks.
  FOREACH name IN ARRAY ARRAY[
    'view_tenants', 'view_ips', 'view_listings', 'view_rollouts',
    'view_servers', 'view_alerts', 'view_effects', 'view_audit'
  ] LOOP
    EXECUTE format('CREATE POLICY tenant_reads ON engine.%I FOR SELECT TO ee_api'
                   ' USING (tenant = nullif(current_setting(''engine.tenant'', true), ''''))',
                   name);
  END LOOP;
END $$;
