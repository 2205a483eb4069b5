-- The database and its two roles: one that owns the tables and changes them, and one that the nodes sign in as, which
-- reads and writes rows and can do nothing else. Run once, as a superuser, before the first migration:
--
--   OWNER_PASSWORD=… APP_PASSWORD=… psql --file=deploy/postgresql.sql postgres
--
-- From the environment, as anybody on the machine can read a command line.

\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD

CREATE ROLE latchkey_owner LOGIN PASSWORD :'owner_password' CONNECTION LIMIT 5;
CREATE ROLE latchkey_app LOGIN PASSWORD :'app_password';

CREATE DATABASE latchkey OWNER latchkey_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE latchkey FROM PUBLIC;
GRANT CONNECT ON DATABASE latchkey TO latchkey_app;

-- A sign-out is answered when it cannot be lost any more, whatever is set for other databases of this server.
ALTER DATABASE latchkey SET synchronous_commit = on;
-- A node that vanishes in the middle of a transaction keeps nobody waiting for longer.
ALTER ROLE latchkey_app IN DATABASE latchkey SET idle_in_transaction_session_timeout = '10s';

\connect latchkey

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO latchkey_app;
-- What a migration makes later is granted by itself.
ALTER DEFAULT PRIVILEGES FOR ROLE latchkey_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO latchkey_app;
ALTER DEFAULT PRIVILEGES FOR ROLE latchkey_owner IN SCHEMA public
  GRANT USAGE ON SEQUENCES TO latchkey_app;
