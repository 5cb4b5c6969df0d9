-- The write protocol of message-db (Eventide), written from its documentation: a category's writers
-- take turns under an advisory lock, the expected version is compared, the stream's position is one
-- more than its last, and an identity column gives the place among all messages.
CREATE SCHEMA message_store;

CREATE FUNCTION message_store.category(stream_name varchar) RETURNS varchar
LANGUAGE sql IMMUTABLE AS $$ SELECT split_part(stream_name, '-', 1) $$;

CREATE TABLE message_store.messages (
  global_position bigint    GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  position        bigint    NOT NULL,
  time            timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  stream_name     varchar   NOT NULL,
  type            varchar   NOT NULL,
  data            jsonb,
  metadata        jsonb,
  id              uuid      NOT NULL
);
CREATE UNIQUE INDEX messages_id ON message_store.messages (id);
CREATE UNIQUE INDEX messages_stream ON message_store.messages (stream_name, position);
CREATE INDEX messages_category ON message_store.messages
  (message_store.category(stream_name), global_position,
   message_store.category(metadata ->> 'correlationStreamName'));

CREATE FUNCTION message_store.write_message(
  id varchar, stream_name varchar, type varchar, data jsonb,
  metadata jsonb DEFAULT NULL, expected_version bigint DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(
    hashtextextended(message_store.category(write_message.stream_name), 0));

  SELECT max(m.position) INTO last
    FROM message_store.messages m
   WHERE m.stream_name = write_message.stream_name;
  last := coalesce(last, -1);

  IF write_message.expected_version IS NOT NULL AND write_message.expected_version <> last THEN
    RAISE EXCEPTION 'Wrong expected version: % (Stream: %, Stream Version: %)',
      write_message.expected_version, write_message.stream_name, last;
  END IF;

  INSERT INTO message_store.messages (position, stream_name, type, data, metadata, id)
  VALUES (last + 1, write_message.stream_name, write_message.type, write_message.data,
          write_message.metadata, write_message.id::uuid);
  RETURN last + 1;
END $$;
