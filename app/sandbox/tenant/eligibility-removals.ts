import { z } from 'zod'
import { badRequest } from './errors.ts'
import { ticks } from './pim-lists.ts'

/** Of these a tenant takes only removals here: nothing of Charterkeep ever makes anybody eligible. */
const common = {
	action: z.literal('adminRemove'),
	principalId: z.uuid(),
	justification: z.string().min(1),
	isValidationOnly: z.boolean().optional(),
	ticketInfo: z
		.strictObject({ ticketNumber: z.string().nullish(), ticketSystem: z.string().nullish() })
		.nullish(),
}
const roleBody = z.strictObject({ ...common, roleDefinitionId: z.uuid(), directoryScopeId: z.string() })
const groupBody = z.strictObject({ ...common, groupId: z.uuid(), accessId: z.enum(['member', 'owner']) })

/** The answer to a removal of eligibility; throws GraphError where there is none. */
export function removeEligibility<T extends { principalId: string }>(
	input: unknown,
	{
		of,
		held,
		isOf,
		keep,
		now,
		newId,
	}: {
		of: 'role' | 'group'
		held: readonly T[]
		isOf: (row: T, place: Record<string, string>) => boolean
		keep: (left: T[]) => void
		now: () => number
		newId: () => string
	},
): Record<string, unknown> {
	const parsed = (of === 'role' ? roleBody : groupBody).safeParse(input)
	if (!parsed.success)
		throw badRequest('BadRequest', `The request is invalid: ${z.prettifyError(parsed.error)}`)
	const { action, principalId, justification, ticketInfo, isValidationOnly = false, ...place } = parsed.data
	const isHit = (row: T) => row.principalId === principalId && isOf(row, place)
	if (!held.some(isHit)) throw badRequest('RoleAssignmentDoesNotExist', 'The Role assignment does not exist.')
	if (!isValidationOnly) keep(held.filter((row) => !isHit(row)))
	return {
		id: newId(),
		status: 'Revoked',
		createdDateTime: ticks(now()),
		completedDateTime: ticks(now()),
		approvalId: null,
		customData: null,
		action,
		principalId,
		...place,
		...(of === 'role' ? { appScopeId: null } : {}),
		isValidationOnly,
		targetScheduleId: null,
		justification,
		createdBy: { application: null, device: null, user: { displayName: null, id: principalId } },
		scheduleInfo: null,
		ticketInfo: {
			ticketNumber: ticketInfo?.ticketNumber ?? null,
			ticketSystem: ticketInfo?.ticketSystem ?? null,
		},
	}
}
