import type { FileProblem } from '#workflows/tenant/file-problem.ts'
import type { PlannedTask } from '#workflows/tenant/readiness/plan.ts'
import {
	PROBLEM_KINDS,
	type Problem,
	type ReportLine,
	type Section,
} from '#workflows/tenant/readiness/report.schema.ts'
import { WATCHED_PARTS } from '#workflows/tenant/watched-account.ts'
import { ABOUT_POLICY } from '#workflows/tenant/readiness/judge-places.ts'
import {
	aboutUngoverned,
	privilegedRole,
	ungovernedIn,
} from '#workflows/tenant/readiness/privileged-roles.ts'
import { aboutAccount } from '#workflows/tenant/readiness/judge-break-glass.ts'
import { breakGlassAccountsOf } from '#workflows/charter/entra.schema.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { PICTURE_PARTS } from '#workflows/tenant/tenant-picture.ts'
import type { Text, TextKey } from './create-text.ts'

/** Titles of the charter's roles, by key and by the template of a directory role, and of its accounts for emergencies, as problems name them. */
export type Titles = Record<string, string>

export const titlesIn = (charter: Pick<Charter, 'roles' | 'entra'>): Titles => ({
	...Object.fromEntries(
		Object.values(charter.roles).flatMap(({ title, access }) =>
			access && 'roleTemplateId' in access.entra ? [[aboutRole(access.entra.roleTemplateId), title]] : [],
		),
	),
	...Object.fromEntries(Object.entries(charter.roles).map(([key, { title }]) => [key, title])),
	...Object.fromEntries(
		breakGlassAccountsOf(charter).map(({ objectId, title }) => [aboutAccount(objectId), title]),
	),
})

/** What a problem is about: roles of the charter by their titles, or a part of the tenant. */
export function aboutInWords(t: Text, about: string | null, titles: Titles): string {
	if (about === null) return ''
	const part = PICTURE_PARTS.find((one) => one === about)
	if (part !== undefined) return t(`readiness.part_${part}`)
	if (about.startsWith('group ')) return about
	if (about.startsWith(ABOUT_POLICY))
		return t('readiness.aboutPolicy', {
			roles: aboutInWords(t, about.slice(ABOUT_POLICY.length), titles),
		})
	const beside = ungovernedIn(about)
	if (beside !== null) return t('readiness.notGoverned', { role: entraRole(t, beside, titles) })
	if (about.startsWith(aboutAccount(''))) return titles[about] ?? about.slice(aboutAccount('').length)
	return about
		.split(' ')
		.map((role) => titles[role] ?? role)
		.join(', ')
}

const aboutRole = (roleTemplateId: string) =>
	aboutUngoverned({ kind: 'role', roleDefinitionId: roleTemplateId.toLowerCase(), directoryScopeId: '/' })

/** A directory role as Microsoft, or else the charter, calls it; by its id where neither does. */
function entraRole(t: Text, id: string, titles: Titles): string {
	const known = privilegedRole(id)
	return known === null ? (titles[aboutRole(id)] ?? id) : t(`entraRoles.${known}`)
}

/** A problem as a sentence, and what mends it. */
export function problemInWords(
	t: Text,
	{ kind, about, count, detail }: Pick<Problem, 'kind' | 'about' | 'count' | 'detail'>,
	titles: Titles,
): { what: string; fix: string } {
	const why = typeof detail.why === 'string' ? detail.why : ''
	// As the charter called it then: it may call it otherwise by now, or not at all.
	const account = typeof detail.account === 'string' ? detail.account : null
	const from = typeof detail.from === 'string' ? aboutInWords(t, detail.from, titles) : ''
	const values = {
		...detail,
		policy: detail.policy ?? '',
		count,
		about: account ?? aboutInWords(t, about, titles),
		from,
		why: whyInWords(t, kind, why),
	}
	const fix = t(fixKey(kind, about, why), values)
	return {
		what: t(sentenceOf(kind, detail), values),
		fix:
			ungovernedIn(about) === null
				? fix
				: ABOUT_WHO_HOLDS.has(kind)
					? `${fix} ${t('readiness.fixNotGoverned')}`
					: t('readiness.fixNotGoverned'),
	}
}

/** What mends it; some reasons of a kind are mended otherwise. */
function fixKey(kind: Problem['kind'], about: string | null, why: string) {
	if (kind === 'noPolicy' && (why === 'unitScope' || why === 'ownerOnly'))
		return `readiness.fixNoPolicy_${why}` as const
	if (kind === 'partUnknown' && about?.startsWith(ABOUT_POLICY) === true)
		return 'readiness.fixPolicyRow' as const
	return `readiness.fix_${kind}` as const
}

/** The sentence for what is known of it: a plan and a comparison know neither reasons nor numbers of one report. */
function sentenceOf(kind: Problem['kind'], { why, from }: Problem['detail']): TextKey {
	if (kind === 'noQuorum')
		return from === undefined
			? 'readiness.problem_noQuorumPlain'
			: why === 'requester'
				? 'readiness.problem_noQuorumBut'
				: 'readiness.problem_noQuorum'
	if (kind === 'groupUnfit' && why === undefined) return 'readiness.problem_groupUnfitPlain'
	return `readiness.problem_${kind}`
}

/** What is mended at the account whatever role it holds; beside that, the role itself is governed or taken away. */
const ABOUT_WHO_HOLDS: ReadonlySet<Problem['kind']> = new Set([
	'noResistantMethod',
	'methodUnknown',
	'accountUnknown',
])

function whyInWords(t: Text, kind: Problem['kind'], why: string): string {
	if (kind === 'breakGlassUnknown')
		return why
			.split(' ')
			.flatMap((part) => WATCHED_PARTS.find((one) => one === part) ?? [])
			.map((part) => t(`readiness.glass_${part}`))
			.join(', ')
	if (kind === 'breakGlassUnusable')
		return t(why === 'absent' ? 'readiness.glass_absent' : 'readiness.glass_disabled')
	return why === 'absent' || why === 'onPremises' || why === 'dynamic' ? t(`readiness.why_${why}`) : why
}

/** A task of the plan as a sentence; a problem without the numbers that change from report to report. */
export function taskInWords(
	t: Text,
	{ what, about, count }: Pick<PlannedTask, 'what' | 'about' | 'count'>,
	titles: Titles,
) {
	const kind = PROBLEM_KINDS.find((one) => one === what)
	if (kind === undefined)
		return t(`readiness.milestone_${what as Exclude<PlannedTask['what'], Problem['kind']>}`)
	return problemInWords(t, { kind, about, count, detail: {} }, titles).what
}

/** The formula of a score with its numbers. */
export const formulaOf = ({ judged, roles, wrong, unknown }: Section) =>
	`${judged} / (${roles} + ${wrong} + ${unknown})`

/** The place of a line: the titles of the roles that give it, or what the tenant calls it where no role does. */
export function placeInWords(
	t: Text,
	{ roles, place }: Pick<ReportLine, 'roles' | 'place'>,
	titles: Titles,
): string {
	if (roles.length > 0) return roles.map((role) => titles[role] ?? role).join(', ')
	if (place.kind === 'group') return `${place.groupId} (${place.relation})`
	const { roleDefinitionId, directoryScopeId } = place
	const name = t('readiness.notGoverned', { role: entraRole(t, roleDefinitionId, titles) })
	return directoryScopeId === '/' ? name : `${name} ${directoryScopeId}`
}

/** How somebody stands to a place; of what is still to begin, from when on. `instant` writes a time. */
export const standingInWords = (
	t: Text,
	{ standing, from }: Pick<ReportLine, 'standing' | 'from'>,
	instant: (at: string) => string,
): string =>
	standing === 'scheduled' && from !== null
		? t('readiness.beginsAt', { time: instant(from) })
		: t(`readiness.standing_${standing}`)

/** What is wrong with a file that was handed over. */
export const fileProblemInWords = (t: Text, { file, code, detail }: FileProblem) =>
	code === 'missingPage' && detail.page !== undefined
		? t('readiness.file_missingNumber', { file, ...detail })
		: t(`readiness.file_${code}`, { file, ...detail })
