import type { Reader } from '#db/client.ts'
import { owingUses, type UseWithNames } from '#db/queries/break-glass.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { breakGlassRule, type BreakGlassRule } from '#workflows/access/judge-break-glass.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { dutiesOf, permissionsOf } from '#workflows/people/permissions.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import type { Deps } from '../deps.ts'

/** How somebody stands to break-glass at this moment. */
export type Standing = {
	version: CharterInForce
	/** Null where the charter in force has no such section: nobody may. */
	rule: BreakGlassRule | null
	facts: PersonFacts
	/** Roles that may break the glass and that this person holds and satisfies. */
	held: readonly string[]
	/** Uses of these roles that wait, run or are not reviewed: each bars the next one. */
	debts: readonly UseWithNames[]
}

/** Reads it from the charter in force, the facts as they are and the uses that are owed. */
export async function standingOf(
	reader: Reader,
	{ charters }: Pick<Deps, 'charters'>,
	personId: string,
	at: Date,
): Promise<Standing> {
	const version = await charters.inForce(reader)
	const rule = breakGlassRule(version.charter)
	const facts = await factsOfPerson(reader, personId)
	const held = (rule?.usedBy ?? []).filter((role) => isHolder(version.charter, facts, role, at))
	const owing = held.length === 0 ? [] : await owingUses(reader)
	return { version, rule, facts, held, debts: owing.filter(({ use }) => held.includes(use.usingRole)) }
}

/** Whether the person is appointed to the role and satisfies it. */
export const isHolder = (charter: Charter, facts: PersonFacts, role: string, at: Date) =>
	judge(charter, facts, { role, part: 'holder', at: at.toISOString(), durationMs: 0 }).permit

/** BREAK_GLASS_NOT_ALLOWED unless the charter in force lets this person break the glass for this role. */
export function demandRule(
	{ rule, held }: Standing,
	role: string,
): { rule: BreakGlassRule; usingRole: string } {
	const [usingRole] = held
	if (rule === null || usingRole === undefined || !rule.roles.includes(role))
		throw new DomainError(
			'BREAK_GLASS_NOT_ALLOWED',
			'The charter in force does not let this person take this role in an emergency.',
		)
	return { rule, usingRole }
}

/** BREAK_GLASS_DEBT, with the number of the use that is owed, where one bars the next. */
export function demandNoDebt({ debts }: Standing): void {
	const [debt] = debts
	if (debt !== undefined)
		throw new DomainError('BREAK_GLASS_DEBT', 'An earlier use of this role is not reviewed yet.', {
			number: debt.use.number,
		})
}

/** NOT_SECOND_OFFICER unless the person has a duty now that may sign as the second officer. */
export async function demandSecondOfficer(
	reader: Reader,
	{ charters }: Pick<Deps, 'charters'>,
	personId: string,
	at: Date,
): Promise<void> {
	const { charter } = await charters.inForce(reader)
	const duties = dutiesOf(charter, await factsOfPerson(reader, personId), at.toISOString())
	if (!permissionsOf(duties).has('break_glass:second'))
		throw new DomainError('NOT_SECOND_OFFICER', 'Another duty signs as the second officer.')
}

/**
 * The role whose holders review a use: the one of the charter that it was signed under, as far as the charter in force
 * still has it, else the one that reviews now. A debt must not become one that nobody can settle.
 */
export function reviewingRole(pinned: Charter, inForce: Charter): string | null {
	const role = pinned.breakGlass?.review.by
	if (role !== undefined && Object.hasOwn(inForce.roles, role)) return role
	return inForce.breakGlass?.review.by ?? null
}
