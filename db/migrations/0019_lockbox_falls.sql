ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_approval_fell' BEFORE 'lockbox_runs_out';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_end_by_hand' BEFORE 'lockbox_runs_out';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_unread' BEFORE 'lockbox_access_open';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_read_again' BEFORE 'lockbox_access_open';--> statement-breakpoint
ALTER TABLE "lockbox_polls" ADD COLUMN "failures" integer DEFAULT 0 NOT NULL;