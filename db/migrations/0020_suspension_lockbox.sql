ALTER TYPE "public"."suspension_effect" ADD VALUE 'lockbox';--> statement-breakpoint
ALTER TYPE "public"."suspension_effect" ADD VALUE 'lockbox_approval';