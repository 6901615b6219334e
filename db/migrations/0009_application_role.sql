-- The role that the application works as: it adds to the record, and can change or take away nothing of it.
-- Roles belong to the server, so another database on it may have made the role, or be making it at this moment.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'charterkeep_app') THEN
    CREATE ROLE charterkeep_app NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN
    NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'The database user % may not create the role charterkeep_app, which Charterkeep works as. An administrator of the server runs once: CREATE ROLE charterkeep_app NOLOGIN; GRANT charterkeep_app TO %;', current_user, quote_ident(current_user)
      USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
DO $$
BEGIN
  IF NOT pg_has_role(current_user, 'charterkeep_app', 'MEMBER')
    OR EXISTS (
      SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
      WHERE r.rolname = 'charterkeep_app' AND u.rolname = current_user AND m.admin_option
    ) THEN
    EXECUTE format('GRANT charterkeep_app TO %I', current_user);
  END IF;
EXCEPTION
  WHEN unique_violation THEN
    NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'The database user % is no member of the role charterkeep_app, which Charterkeep works as. An administrator of the server runs once: GRANT charterkeep_app TO %;', current_user, quote_ident(current_user)
      USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public, drizzle TO charterkeep_app;
--> statement-breakpoint
GRANT SELECT ON drizzle.__drizzle_migrations TO charterkeep_app;
--> statement-breakpoint
-- Whatever a later migration adds can be read and added to; to change or delete is granted by that migration, if ever.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO charterkeep_app;
--> statement-breakpoint
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO charterkeep_app;
--> statement-breakpoint
-- State that goes on. (To lock a row takes the right to update it: people.)
GRANT UPDATE ON amendments, credentials, enrolment_links, grants, ledger_health, ledger_state, people, requests, sessions, shares, timers TO charterkeep_app;
--> statement-breakpoint
-- What is used up, and what is erased on purpose.
GRANT DELETE ON challenges, ledger_openings, ledger_pending, share_pieces, timers TO charterkeep_app;
