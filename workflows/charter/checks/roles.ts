import { durationMs } from '../../shared/instants.ts'
import type { Charter, CharterRole, RoleAccess } from '../charter.schema.ts'
import { reachesMarking } from '../clearance-schemes.ts'
import { whyNobody } from './why-nobody.ts'
import { unknownName, unknownNames, type Problem } from './problem.ts'

/** Entra refuses an active time under five minutes; a grant must also outlive its own provisioning. */
const SHORTEST_CAP_MS = 10 * 60_000
const LONGEST_CAP_MS = 24 * 3_600_000

/** Literal characters, `\d` and character classes with a fixed count: nothing that can run for long. */
const SAFE_PATTERN = /^\^(?:(?:[A-Za-z0-9 _:#/-]|\\d|\[[A-Za-z0-9_-]+\])(?:\{\d{1,2}(?:,\d{1,2})?\})?)+\$$/

/** Counts that vary are tried in every combination: more than two of them could take for ever. */
const VARIABLE_COUNT = /\{\d+,\d+\}/g

/** A class or a count may still run backwards. */
function isPattern(pattern: string): boolean {
	try {
		return new RegExp(pattern) instanceof RegExp
	} catch {
		return false
	}
}

type At = (...path: (string | number)[]) => (string | number)[]

/** References, levels, stages, durations, tickets and targets of every role. */
export function roleProblems(charter: Charter): Problem[] {
	return [
		...Object.entries(charter.roles).flatMap(([key, role]) => {
			const at: At = (...path) => ['roles', key, ...path]
			return [
				...unknownNames(charter, 'facilities', at('facilities'), role.facilities),
				...markingProblems(at, role),
				...(role.access ? accessProblems(charter, at, role.access) : []),
			]
		}),
		...sharedTargets(charter),
	]
}

/** A clearance that does not reach what the role handles would let somebody in below its marking. */
function markingProblems(at: At, { handles, clearance }: CharterRole): Problem[] {
	if (handles === 'unclassified') return []
	return (['anyOf', 'acceptEquivalent'] as const).flatMap((list) =>
		clearance[list].flatMap(({ scheme, level }, i) =>
			reachesMarking(scheme, level, handles)
				? []
				: [
						{
							path: at('clearance', list, i, 'level'),
							message: `The role handles ${handles}, and ${scheme} ${level} does not reach that: ask for a higher level.`,
						},
					],
		),
	)
}

function accessProblems(charter: Charter, at: At, access: RoleAccess): Problem[] {
	const cap = durationMs(access.maximumDuration) ?? 0
	return [
		...holderProblems(charter, at('access', 'requestedBy'), access.requestedBy),
		...holderProblems(charter, at('access', 'benefits'), access.benefits ?? []),
		...access.stages.flatMap((stage, i) => stageProblems(charter, at('access', 'stages', i), stage)),
		...(cap < SHORTEST_CAP_MS || cap > LONGEST_CAP_MS
			? [
					{
						path: at('access', 'maximumDuration'),
						message: 'A maximum duration lies between PT10M and P1D.',
					},
				]
			: []),
		...ticketProblems(at('access', 'ticket'), access.ticket),
	]
}

type StageRule = {
	from: string
	within: string
	escalation?: { after: string; to: string } | undefined
	alongside?: readonly { from: string }[] | undefined
}

/** A stage whose approvers cannot exist would never be decided; also used for the stages of other sections. */
export function stageProblems(
	charter: Charter,
	path: (string | number)[],
	{ from, within, escalation, alongside = [] }: StageRule,
): Problem[] {
	const time = durationMs(within) ?? 0
	const names = [from, ...alongside.map((group) => group.from)]
	return [
		...approverProblems(charter, [...path, 'from'], from),
		...alongside.flatMap((group, i) => [
			...approverProblems(charter, [...path, 'alongside', i, 'from'], group.from),
			...(names.indexOf(group.from) <= i
				? [
						{
							path: [...path, 'alongside', i, 'from'],
							message: `Holders of ${group.from} decide here already: raise that quorum, or name another role.`,
						},
					]
				: []),
		]),
		...(escalation && names.includes(escalation.to)
			? [
					{
						path: [...path, 'escalation', 'to'],
						message: `Holders of ${escalation.to} decide here already: escalate to another role.`,
					},
				]
			: []),
		...(time <= 0
			? [{ path: [...path, 'within'], message: 'Give the approvers some time to decide, such as PT4H.' }]
			: []),
		...(escalation
			? [
					...approverProblems(charter, [...path, 'escalation', 'to'], escalation.to),
					...((durationMs(escalation.after) ?? 0) >= time
						? [
								{
									path: [...path, 'escalation', 'after'],
									message: `Escalate before the stage's time (${within}) runs out.`,
								},
							]
						: []),
				]
			: []),
	]
}

/** Whether holders of this role exist and may decide. */
export function approverProblems(charter: Charter, path: (string | number)[], name: string): Problem[] {
	const role = Object.hasOwn(charter.roles, name) ? charter.roles[name] : undefined
	if (!role) return [unknownName('roles', path, name)]
	if (role.access) return [neverHeld(path, name)]
	if (!role.duties.includes('approver'))
		return [{ path, message: `Holders of ${name} cannot decide: give that role the duty "approver".` }]
	const why = whyNobody(charter, role)
	return why === null
		? []
		: [{ path, message: `Nobody can be ${name}, so nobody could decide here: ${why}. Mend that role first.` }]
}

/** Names of roles whose holders are meant; nobody holds one that is asked for just in time. */
export function holderProblems(
	charter: Charter,
	path: (string | number)[],
	names: readonly string[],
): Problem[] {
	return [
		...unknownNames(charter, 'roles', path, names),
		...names.flatMap((name, i) =>
			Object.hasOwn(charter.roles, name) && charter.roles[name]?.access
				? [neverHeld([...path, i], name)]
				: [],
		),
	]
}

/** The problem of a role that is named as though somebody were appointed to it. */
export const neverHeld = (path: (string | number)[], name: string): Problem => ({
	path,
	message: `${name} is asked for just in time, so nobody holds it: name a role that is held by appointment.`,
})

function ticketProblems(
	path: (string | number)[],
	{ pattern, example }: { pattern: string; example: string },
): Problem[] {
	if (
		!SAFE_PATTERN.test(pattern) ||
		(pattern.match(VARIABLE_COUNT)?.length ?? 0) > 2 ||
		!isPattern(pattern)
	) {
		return [
			{
				path: [...path, 'pattern'],
				message:
					'Write the pattern from ^ to $ with literal characters, \\d or [classes], each with a count in braces if need be and at most two counts that vary, such as ^CHG-[0-9]{4,7}$.',
			},
		]
	}
	return new RegExp(pattern).test(example)
		? []
		: [{ path: [...path, 'example'], message: 'The example does not match the pattern.' }]
}

/** Two roles with one target would end each other's access. */
function sharedTargets(charter: Charter): Problem[] {
	const seen = new Map<string, string>()
	return Object.entries(charter.roles).flatMap(([key, { access }]) => {
		if (!access) return []
		const { entra } = access
		const isRole = 'roleTemplateId' in entra
		const target = (isRole ? `${entra.roleTemplateId} ${entra.scope}` : entra.groupId).toLowerCase()
		const other = seen.get(target)
		seen.set(target, key)
		return other === undefined
			? []
			: [
					{
						path: ['roles', key, 'access', 'entra', isRole ? 'roleTemplateId' : 'groupId'],
						message: `The role ${other} already assigns this Entra ${isRole ? 'role at this scope' : 'group'}.`,
					},
				]
	})
}
