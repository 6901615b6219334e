import { menderOf } from '#app/integrations/graph/tenant-answers.ts'
import type { Duty } from '#workflows/charter/charter.schema.ts'
import type { Mender } from '#workflows/tenant/tenant-troubles.ts'
import type { Recipient } from '../notify/notify.server.ts'

/** Whose business it is beside the requester's. The tenant's administrators need not be people here: officers speak for them. */
const DUTY: Readonly<Record<Mender, Duty | null>> = {
	tenant_admin: 'security_officer',
	security_officer: 'security_officer',
	charter_owner: 'charter_owner',
	requester: null,
	nobody: 'security_officer',
}

/** Who is told of something that the person with this access, or somebody else, can mend. */
export function menders(code: string, isRemoval = false): Recipient[] {
	// Who writes the charter gives nobody's access back: what cannot be taken away is for the officers in any case.
	const duty = isRemoval ? 'security_officer' : DUTY[menderOf(code)]
	return duty === null ? [] : [{ duty }]
}
