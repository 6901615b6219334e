import type { FindingContext } from './finding-context.ts'

/**
 * Since when the tenant may be taking away what a finding is about: when it was first asked to and did not refuse. Of one of our own
 * accesses, which its own statechart ends, when that was begun. Null before, and where every attempt was refused. A context that was
 * stored before version 5 knows of its first attempt alone.
 */
export const removalSentAt = ({
	difference,
	sentAt,
	tenantAskedAt,
}: Pick<FindingContext, 'difference' | 'sentAt'> & Partial<Pick<FindingContext, 'tenantAskedAt'>>):
	string | null => (difference.family === 'grant' || tenantAskedAt === undefined ? sentAt : tenantAskedAt)
