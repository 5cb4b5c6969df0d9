-- Images: all views of one projection as they stood at one position, so that a start, or a question
-- about the past, folds only what came after.  A cache: the log alone gives the same views, and
-- every image may be thrown away (first image_set, then image).

-- One row for each image, written with its parts in one transaction.  What has no row here, or
-- other parts than this row counts, is none.
CREATE TABLE engine.image_set (
  projection text   NOT NULL,
  position   bigint NOT NULL CHECK (position > 0),  -- every event up to it is folded, none beyond
  codec      text   NOT NULL,                       -- of the projection, see engine/projections/shape.py
  parts      int    NOT NULL CHECK (parts >= 0),
  digest     bytea  NOT NULL CHECK (octet_length(digest) = 32),  -- of the event at the position
  PRIMARY KEY (projection, position)
);
GRANT SELECT, INSERT, DELETE ON engine.image_set TO ee_engine;
GRANT SELECT ON engine.image_set TO ee_audit;

-- One part for each tenant, and one for what belongs to no tenant: the views of the platform.
CREATE TABLE engine.image (
  projection text   NOT NULL,
  position   bigint NOT NULL CHECK (position > 0),
  tenant     text,
  body       bytea  NOT NULL,  -- zlib: a line for each view, JSON of [key, view]
  UNIQUE NULLS NOT DISTINCT (projection, position, tenant)
);
ALTER TABLE engine.image ALTER COLUMN body SET STORAGE EXTERNAL;  -- it is compressed already
GRANT SELECT, INSERT, DELETE ON engine.image TO ee_engine;
GRANT SELECT ON engine.image TO ee_api, ee_audit;

-- As the views themselves: a tenant reads its own part, and nobody's of the platform.
ALTER TABLE engine.image ENABLE ROW LEVEL SECURITY;
ALTER TABLE engine.image FORCE ROW LEVEL SECURITY;
CREATE POLICY engine_all ON engine.image TO ee_engine USING (true) WITH CHECK (true);
CREATE POLICY reads_all ON engine.image FOR SELECT TO ee_audit, ee_backup USING (true);
CREATE POLICY tenant_reads ON engine.image FOR SELECT TO ee_api
  USING (tenant = nullif(current_setting('engine.tenant', true), ''));
