import type { Reader } from '#db/client.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedTo } from '#db/queries/people.ts'
import { SIGNATURES_NEEDED } from '#workflows/charter/amendment.machine.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { canonicalJson, type Json } from '#workflows/shared/canonical-json.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import { readCharter } from '../charter/read-charter.server.ts'

export type ReadAmendment = { charter: Charter; textSha256: string }

/**
 * Reads the text of an amendment. CHARTER_INVALID with every problem and its place; AMENDMENT_VERSION unless it is
 * the next version of the charter in force; NOTHING_CHANGED when it says the same.
 */
export function readAmendment(yaml: string, base: CharterInForce): ReadAmendment {
	const read = readCharter(yaml)
	const { id, version } = read.charter.charter
	if (id !== base.charterId || version !== base.version + 1) {
		throw new DomainError('AMENDMENT_VERSION', 'This is not the next version of the charter in force.', {
			id: base.charterId,
			version: base.version + 1,
		})
	}
	if (meaningOf(read.charter) === meaningOf(base.charter))
		throw new DomainError('NOTHING_CHANGED', 'The text says the same as the charter in force.')
	return read
}

/** A charter but for its version number. */
const meaningOf = (charter: Charter) =>
	canonicalJson(
		JSON.parse(JSON.stringify({ ...charter, charter: { ...charter.charter, version: 0 } })) as Json,
	)

/** AMENDMENT_LATE unless the day, if one is set, lies ahead; one that cannot be read does not. */
export function demandAhead(inForceFrom: Instant | null, at: Date): void {
	if (inForceFrom !== null && !(Date.parse(inForceFrom) > at.getTime()))
		throw new DomainError('AMENDMENT_LATE', 'The time at which it is to be in force has passed.')
}

/** Roles whose holders amend the charter. */
export const ownerRolesOf = ({ roles }: Charter) =>
	Object.entries(roles).flatMap(([role, { duties }]) => (duties.includes('charter_owner') ? [role] : []))

/** Whether this person may sign as a charter owner at this instant; of several roles the one that comes closest. */
export function judgeOwner(charter: Charter, facts: PersonFacts, at: Instant, standing = false): Verdict {
	const verdicts = ownerRolesOf(charter).map((role) =>
		judge(charter, facts, { role, part: 'holder', at, durationMs: 0, standing }),
	)
	const [closest] = verdicts.sort((a, b) => failures(a) - failures(b))
	return closest ?? { permit: false, clauses: [], denials: [] }
}

const failures = (verdict: Verdict) => (verdict.permit ? 0 : Math.max(1, verdict.denials.length))

/** How many people could amend under this charter at this instant, presence and working hours left out. */
export async function countOwners(reader: Reader, charter: Charter, at: Date): Promise<number> {
	const candidates = await appointedTo(reader, ownerRolesOf(charter), at)
	const facts = await factsOf(reader, candidates)
	return [...facts.values()].filter((person) => judgeOwner(charter, person, at.toISOString(), true).permit)
		.length
}

/** CHARTER_LOCKOUT when fewer people than it takes could ever amend this charter again. */
export async function demandOwners(reader: Reader, charter: Charter, at: Date): Promise<void> {
	const owners = await countOwners(reader, charter, at)
	if (owners < SIGNATURES_NEEDED) {
		throw new DomainError('CHARTER_LOCKOUT', 'Too few people could amend the charter under this text.', {
			owners,
			needed: SIGNATURES_NEEDED,
		})
	}
}
