-- Was the log rewritten?  Where a digest does not follow from its predecessor and its own row, that
-- row or the one before it is not what was written.  No row: the chain is whole, and its end is the
-- fence's.  The format stands in engine/store/digest.py; this says the same without the engine.
SET ROLE ee_audit;
WITH chain AS (
  SELECT *, lag(digest, 1, decode(repeat('00', 32), 'hex')) OVER (ORDER BY position) AS before,
         lag(position, 1, 0::bigint) OVER (ORDER BY position) AS position_before
    FROM engine.event
), computed AS (
  SELECT position, position_before, digest, sha256(
           before
           || int4send(8) || int8send(position)
           || int4send(octet_length(convert_to(stream, 'UTF8'))) || convert_to(stream, 'UTF8')
           || int4send(8) || int8send(version)
           || int4send(16) || uuid_send(id)
           || int4send(octet_length(convert_to(tag, 'UTF8'))) || convert_to(tag, 'UTF8')
           || int4send(8) || int8send((extract(epoch FROM at) * 1000000)::bigint)
           || coalesce(int4send(octet_length(convert_to(tenant, 'UTF8')))
                       || convert_to(tenant, 'UTF8'), int4send(-1))
           || int4send(octet_length(convert_to(actor, 'UTF8'))) || convert_to(actor, 'UTF8')
           || int4send(octet_length(convert_to(cause, 'UTF8'))) || convert_to(cause, 'UTF8')
           || int4send(octet_length(body)) || body
         ) AS expected
    FROM chain
)
SELECT position, CASE WHEN position <> position_before + 1 THEN 'events before it are missing'
                      ELSE 'the digest does not follow' END AS breaks
  FROM computed
 WHERE digest <> expected OR position <> position_before + 1
UNION ALL
SELECT f.position, 'the last event is not the one the fence names'
  FROM engine.fence f
 WHERE f.position <> coalesce((SELECT max(position) FROM engine.event), 0)
    OR (f.position > 0 AND NOT EXISTS (
         SELECT FROM engine.event e WHERE e.position = f.position AND e.digest = f.digest))
 ORDER BY 1;
