import type { RoleAccess } from '#workflows/charter/charter.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** The directory role that a grant of this access assigns; TARGET_NOT_CONNECTED for a place in a group. */
export function directoryRoleOf({ entra }: RoleAccess): { roleTemplateId: string; scope: string } {
	if (!('roleTemplateId' in entra)) {
		throw new DomainError(
			'TARGET_NOT_CONNECTED',
			'This role is a place in a group of Entra ID, and groups are not connected yet.',
			{ group: entra.name },
		)
	}
	const { roleTemplateId, scope } = entra
	return { roleTemplateId, scope }
}
