import { overlap } from '../facilities/networks.ts'
import { durationMs } from '../shared/instants.ts'
import type { Charter, CharterRole } from './charter.schema.ts'

export type Problem = { path: (string | number)[]; message: string }

/** Entra refuses an active time under five minutes; a grant must also outlive its own provisioning. */
const SHORTEST_CAP_MS = 10 * 60_000
const LONGEST_CAP_MS = 24 * 3_600_000

/** Literal characters, `\d` and character classes with a fixed count: nothing that can run for long. */
const SAFE_PATTERN = /^\^(?:(?:[A-Za-z0-9 _:#/-]|\\d|\[[A-Za-z0-9_-]+\])(?:\{\d{1,2}(?:,\d{1,2})?\})?)+\$$/

/** What a charter says that could never work, or would not be safe, beyond the form of its parts. */
export function problemsOf(charter: Charter): Problem[] {
	return [
		...Object.entries(charter.roles).flatMap(([key, role]) => roleProblems(charter, key, role)),
		...facilityProblems(charter),
		...sharedTemplates(charter),
	]
}

function roleProblems(charter: Charter, key: string, { facilities, access }: CharterRole): Problem[] {
	const at = (...path: (string | number)[]) => ['roles', key, ...path]
	const unknown = (kind: 'roles' | 'facilities', name: string) => !Object.hasOwn(charter[kind], name)
	const problems: Problem[] = facilities.flatMap((name, i) =>
		unknown('facilities', name)
			? [
					{
						path: at('facilities', i),
						message: `No facility is called ${name}: add it under facilities, or correct the name.`,
					},
				]
			: [],
	)
	if (!access) return problems
	access.requestedBy.forEach((name, i) => {
		if (unknown('roles', name))
			problems.push({
				path: at('access', 'requestedBy', i),
				message: `No role is called ${name}: add it under roles, or correct the name.`,
			})
	})
	access.stages.forEach(({ from, within }, i) => {
		if (unknown('roles', from))
			problems.push({
				path: at('access', 'stages', i, 'from'),
				message: `No role is called ${from}: add it under roles, or correct the name.`,
			})
		else if (!charter.roles[from]?.duties.includes('approver')) {
			problems.push({
				path: at('access', 'stages', i, 'from'),
				message: `Holders of ${from} cannot decide: give that role the duty "approver".`,
			})
		}
		if ((durationMs(within) ?? 0) <= 0)
			problems.push({
				path: at('access', 'stages', i, 'within'),
				message: 'Give the approvers some time to decide, such as PT4H.',
			})
	})
	const cap = durationMs(access.maximumDuration) ?? 0
	if (cap < SHORTEST_CAP_MS || cap > LONGEST_CAP_MS) {
		problems.push({
			path: at('access', 'maximumDuration'),
			message: 'A maximum duration lies between PT10M and P1D.',
		})
	}
	return [...problems, ...ticketProblems(at('access', 'ticket'), access.ticket)]
}

function ticketProblems(
	path: (string | number)[],
	{ pattern, example }: { pattern: string; example: string },
): Problem[] {
	if (!SAFE_PATTERN.test(pattern)) {
		return [
			{
				path: [...path, 'pattern'],
				message:
					'Write the pattern from ^ to $ with literal characters, \\d or [classes], each with a count in braces if need be, such as ^CHG-[0-9]{4,7}$.',
			},
		]
	}
	return new RegExp(pattern).test(example)
		? []
		: [{ path: [...path, 'example'], message: 'The example does not match the pattern.' }]
}

function facilityProblems(charter: Charter): Problem[] {
	const problems: Problem[] = []
	const ranges: { facility: string; network: string }[] = []
	for (const [key, { country, networks }] of Object.entries(charter.facilities)) {
		if (country !== charter.charter.jurisdiction) {
			problems.push({
				path: ['facilities', key, 'country'],
				message: `This facility lies in ${country}, outside the jurisdiction ${charter.charter.jurisdiction}.`,
			})
		}
		networks.forEach((network, i) => {
			const other = ranges.find((range) => range.facility !== key && overlap(range.network, network))
			if (other)
				problems.push({
					path: ['facilities', key, 'networks', i],
					message: `${network} overlaps ${other.network} of ${other.facility}: presence could not be told apart.`,
				})
			ranges.push({ facility: key, network })
		})
	}
	return problems
}

/** Two roles with one Entra role would end each other's access. */
function sharedTemplates(charter: Charter): Problem[] {
	const seen = new Map<string, string>()
	return Object.entries(charter.roles).flatMap(([key, { access }]) => {
		if (!access) return []
		const template = access.entra.roleTemplateId.toLowerCase()
		const other = seen.get(template)
		seen.set(template, key)
		return other === undefined
			? []
			: [
					{
						path: ['roles', key, 'access', 'entra', 'roleTemplateId'],
						message: `The role ${other} already assigns this Entra role.`,
					},
				]
	})
}
