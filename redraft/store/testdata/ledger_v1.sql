-- A ledger of schema 1, as `sqlite3 redraft.db .dump` wrote it: read by migrations_test.cpp.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migrations (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_ms BIGINT NOT NULL);
INSERT INTO schema_migrations VALUES(1,'0001_ledger',1795580098454);
CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY,
  ordinal BIGINT NOT NULL UNIQUE,           -- order of creation; clocks may step back
  created_ms BIGINT NOT NULL,
  identity TEXT NOT NULL,                   -- hash of everything that decides the run
  name TEXT NOT NULL,
  brief_sha256 TEXT NOT NULL,               -- of the manifest's brief; '' without one
  manifest TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'budget', 'interrupted', 'failed')),
  parent TEXT REFERENCES runs (id),         -- the run this one was forked from
  result TEXT                               -- JSON; NULL until there is one
);
INSERT INTO runs VALUES('0123456789ab',1,1795580098461,'i1','ferry','b1','{"brief":{"path":"ferry.md","sha256":"b1"},"seed":7}','running',NULL,NULL);
INSERT INTO runs VALUES('a1b2c3d4e5f6',2,1795580098463,'i2','ferry','b1','{"brief":{"path":"ferry.md","sha256":"b1"},"seed":7}','finished','0123456789ab','{"best":"g00-000"}');
CREATE TABLE requests (
  run TEXT NOT NULL REFERENCES runs (id),
  key TEXT NOT NULL,                        -- hash of the request and its replicate number
  ordinal BIGINT NOT NULL,                  -- order of planning within the run
  role TEXT NOT NULL,
  kind TEXT NOT NULL,
  model TEXT NOT NULL,
  replicate INTEGER NOT NULL,
  seed BIGINT NOT NULL,                     -- the 64 bits as a signed number
  prompt_hash TEXT NOT NULL,
  first_draft TEXT NOT NULL,                -- judge calls: ids in the order shown; else ''
  second_draft TEXT NOT NULL,
  request TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'leased', 'answered')),
  lease_owner TEXT,                         -- the worker that has it, and until when; for ledgers
  lease_until_ms BIGINT,                    -- that several workers share
  PRIMARY KEY (run, key),
  UNIQUE (run, ordinal)
);
INSERT INTO requests VALUES('0123456789ab','69aefcc3b67a9eea5bca68a767c7a842d4d54de1ea2a3c4e70f8db31a092b495',1,'draft','chat','writer-1',0,-9223372036854775806,'978273909ebf03ac85298c93ff691618126b013869177a8fcbe2e5e06b3901bd','','','{"kind":"chat","role":"draft","model":"writer-1","messages":[{"role":"system","content":"You write short scenes."},{"role":"user","content":"A ferry leaves without its captain. Scene 2"}],"sampling":{"temperature":1.0,"top_p":1.0,"min_p":0.0,"top_k":0,"repetition_penalty":1.0,"dry_multiplier":0.0},"max_tokens":200,"seed":9223372036854775810,"replicate":0}','answered',NULL,NULL);
INSERT INTO requests VALUES('a1b2c3d4e5f6','4baf90a1164dd875fa0b1aabdacd261cbecbbe4fc530c5206cc48e8cd9dd3176',1,'draft','chat','writer-1',0,-9223372036854775807,'0138fc51b8a51fb31c92199d2f6f65b794fb0e903b4a1d47b54ec7fd0f041330','','','{"kind":"chat","role":"draft","model":"writer-1","messages":[{"role":"system","content":"You write short scenes."},{"role":"user","content":"A ferry leaves without its captain. Scene 1"}],"sampling":{"temperature":1.0,"top_p":1.0,"min_p":0.0,"top_k":0,"repetition_penalty":1.0,"dry_multiplier":0.0},"max_tokens":200,"seed":9223372036854775809,"replicate":0}','answered',NULL,NULL);
INSERT INTO requests VALUES('a1b2c3d4e5f6','69aefcc3b67a9eea5bca68a767c7a842d4d54de1ea2a3c4e70f8db31a092b495',2,'draft','chat','writer-1',0,-9223372036854775806,'978273909ebf03ac85298c93ff691618126b013869177a8fcbe2e5e06b3901bd','','','{"kind":"chat","role":"draft","model":"writer-1","messages":[{"role":"system","content":"You write short scenes."},{"role":"user","content":"A ferry leaves without its captain. Scene 2"}],"sampling":{"temperature":1.0,"top_p":1.0,"min_p":0.0,"top_k":0,"repetition_penalty":1.0,"dry_multiplier":0.0},"max_tokens":200,"seed":9223372036854775810,"replicate":0}','answered',NULL,NULL);
INSERT INTO requests VALUES('a1b2c3d4e5f6','dc4e1a0532ba43d6409bc96017c661d14784f323578957ca4b017bd77ffbc735',3,'judge','chat','writer-1',0,-9223372036854775805,'ded2a5fffc9c1121890d6f711cba274fad090d676db694e0c1efa54db0194b18','g00-001','g00-002','{"kind":"chat","role":"judge","model":"writer-1","messages":[{"role":"system","content":"You write short scenes."},{"role":"user","content":"A ferry leaves without its captain. Scene 3"}],"sampling":{"temperature":1.0,"top_p":1.0,"min_p":0.0,"top_k":0,"repetition_penalty":1.0,"dry_multiplier":0.0},"max_tokens":200,"seed":9223372036854775811,"replicate":0}','planned',NULL,NULL);
CREATE TABLE attempts (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,                  -- 1, 2, … over all sessions
  started_ms BIGINT NOT NULL,
  latency_s DOUBLE PRECISION NOT NULL,
  tokens_in BIGINT NOT NULL,                -- what this try consumed
  tokens_out BIGINT NOT NULL,
  cost DOUBLE PRECISION NOT NULL,
  error_code TEXT,                          -- NULL: the try brought a reply
  error TEXT,
  worker TEXT NOT NULL,
  PRIMARY KEY (run, key, number),
  FOREIGN KEY (run, key) REFERENCES requests (run, key)
);
INSERT INTO attempts VALUES('0123456789ab','69aefcc3b67a9eea5bca68a767c7a842d4d54de1ea2a3c4e70f8db31a092b495',1,1700000000000,0.25,120,40,0.0010000000000000000208,NULL,NULL,'process 4711');
INSERT INTO attempts VALUES('a1b2c3d4e5f6','4baf90a1164dd875fa0b1aabdacd261cbecbbe4fc530c5206cc48e8cd9dd3176',1,0,0.0,0,0,0.0,'rate_limited','asked to slow down','process 4711');
INSERT INTO attempts VALUES('a1b2c3d4e5f6','4baf90a1164dd875fa0b1aabdacd261cbecbbe4fc530c5206cc48e8cd9dd3176',2,1700000000000,0.25,120,40,0.0010000000000000000208,NULL,NULL,'process 4711');
CREATE TABLE replies (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  source_run TEXT NOT NULL REFERENCES runs (id),  -- the run that asked; an ancestor when reused
  model TEXT NOT NULL,                      -- as the endpoint names it
  seed BIGINT NOT NULL,
  prompt_hash TEXT NOT NULL,
  tokens_in BIGINT NOT NULL,
  tokens_out BIGINT NOT NULL,
  cost DOUBLE PRECISION NOT NULL,
  latency_s DOUBLE PRECISION NOT NULL,
  reply TEXT NOT NULL,                      -- everything that came back, raw text included
  PRIMARY KEY (run, key),
  FOREIGN KEY (run, key) REFERENCES requests (run, key)
);
INSERT INTO replies VALUES('0123456789ab','69aefcc3b67a9eea5bca68a767c7a842d4d54de1ea2a3c4e70f8db31a092b495','0123456789ab','writer-1-0613',-9223372036854775806,'978273909ebf03ac85298c93ff691618126b013869177a8fcbe2e5e06b3901bd',120,40,0.0010000000000000000208,0.25,'{"text":"From the parent.","finish":"stop","tokens_in":120,"tokens_out":40,"cost":0.001,"latency_s":0.25,"model":"writer-1-0613"}');
INSERT INTO replies VALUES('a1b2c3d4e5f6','4baf90a1164dd875fa0b1aabdacd261cbecbbe4fc530c5206cc48e8cd9dd3176','a1b2c3d4e5f6','writer-1-0613',-9223372036854775807,'0138fc51b8a51fb31c92199d2f6f65b794fb0e903b4a1d47b54ec7fd0f041330',120,40,0.0010000000000000000208,0.25,'{"text":"It''s six o''clock; the ferry leaves.","finish":"stop","tokens_in":120,"tokens_out":40,"cost":0.001,"latency_s":0.25,"model":"writer-1-0613"}');
INSERT INTO replies VALUES('a1b2c3d4e5f6','69aefcc3b67a9eea5bca68a767c7a842d4d54de1ea2a3c4e70f8db31a092b495','0123456789ab','writer-1-0613',-9223372036854775806,'978273909ebf03ac85298c93ff691618126b013869177a8fcbe2e5e06b3901bd',120,40,0.0010000000000000000208,0.25,'{"text":"From the parent.","finish":"stop","tokens_in":120,"tokens_out":40,"cost":0.001,"latency_s":0.25,"model":"writer-1-0613"}');
CREATE TABLE drafts (
  run TEXT NOT NULL REFERENCES runs (id),
  seq BIGINT NOT NULL,
  id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  founder TEXT NOT NULL,
  operation TEXT NOT NULL,
  style TEXT NOT NULL,
  theme TEXT NOT NULL,
  objective TEXT NOT NULL,
  draft TEXT NOT NULL,                      -- the whole draft, parents and text included
  PRIMARY KEY (run, seq),
  UNIQUE (run, id)
);
INSERT INTO drafts VALUES('a1b2c3d4e5f6',1,'g00-000',0,'g00-000','draft','plain','harbours','','{"id":"g00-000","generation":0,"text":"It''s six o''clock; the ferry leaves.","words":6,"parents":[],"founder":"g00-000","operation":"draft","style":"plain","theme":"harbours","objective":"","model":"writer-1","seed":9223372036854775809,"key":"4baf90a1164dd875fa0b1aabdacd261cbecbbe4fc530c5206cc48e8cd9dd3176","repairs":0,"gated":[]}');
CREATE TABLE verdicts (
  run TEXT NOT NULL REFERENCES runs (id),
  seq BIGINT NOT NULL,                      -- logged order: sequential ratings depend on it
  generation INTEGER NOT NULL,
  a TEXT NOT NULL,                          -- shown first
  b TEXT NOT NULL,
  p_a DOUBLE PRECISION,                     -- NULL: no verdict
  judge TEXT NOT NULL,
  verdict TEXT NOT NULL,
  PRIMARY KEY (run, seq)
);
INSERT INTO verdicts VALUES('a1b2c3d4e5f6',1,0,'g00-000','g00-001',0.75,'rule:coin','{"a":"g00-000","b":"g00-001","p_a":0.75,"logit":null,"mass":1.0,"judge":"rule:coin","rationale":"","generation":0,"calls":1}');
CREATE TABLE ratings (
  run TEXT NOT NULL REFERENCES runs (id),
  seq BIGINT NOT NULL,
  id TEXT NOT NULL,
  elo DOUBLE PRECISION NOT NULL,
  bt DOUBLE PRECISION,
  se DOUBLE PRECISION,
  n INTEGER NOT NULL,
  PRIMARY KEY (run, seq),
  UNIQUE (run, id)
);
INSERT INTO ratings VALUES('a1b2c3d4e5f6',1,'g00-000',1216.0,0.5,NULL,1);
CREATE TABLE events (
  run TEXT NOT NULL REFERENCES runs (id),
  seq BIGINT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (run, seq)
);
INSERT INTO events VALUES('a1b2c3d4e5f6',1,'{"event":"done"}');
CREATE INDEX runs_by_identity ON runs (identity);
CREATE INDEX runs_by_brief ON runs (brief_sha256);
COMMIT;
PRAGMA foreign_keys=ON;
