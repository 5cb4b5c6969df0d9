-- Which code folded the rows that readers get, and what the last rebuild did.

ALTER TABLE engine.checkpoint
  ADD COLUMN codecs  jsonb NOT NULL DEFAULT '{}',  -- by view; one that is missing is made anew
  ADD COLUMN rebuilt jsonb;                        -- NULL: never yet
GRANT UPDATE (codecs, rebuilt) ON engine.checkpoint TO ee_engine;
