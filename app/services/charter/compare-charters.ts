import type { Charter } from '#workflows/charter/charter.schema.ts'
import { roleOf } from '#workflows/charter/term.ts'
import { canonicalJson, type Json } from '#workflows/shared/canonical-json.ts'
import { tellCharter } from './show-charter.server.ts'
import type { ChangedSection, CharterChanges, CharterText, RoleChange, RolePart } from './views.ts'

type RoleText = CharterText['roles'][number]

const PARTS = ['title', 'purpose', 'duties', 'handles', 'reviewEvery', 'retention'] as const
const ACCESS_PARTS = [
	'entraRole',
	'maximumSeconds',
	'requestedBy',
	'benefits',
	'ticketExample',
	'stages',
] as const satisfies readonly (keyof NonNullable<RoleText['access']>)[]

/** What one charter says that another does not, role by role and section by section, for people who read no YAML. */
export function compareCharters(before: Charter, after: Charter): CharterChanges {
	const [old, next] = [tellCharter(before), tellCharter(after)]
	const keys = [...new Set([...next.roles, ...old.roles].map(({ key }) => key))]
	const of = (text: CharterText, key: string) => text.roles.find((role) => role.key === key) ?? null
	return {
		roles: keys.flatMap((key) => {
			const change = compareRole(key, of(old, key), of(next, key))
			if (change === null) return []
			const isOnlyInText =
				change.status === 'changed' && change.parts.length + change.added.length + change.dropped.length === 0
			if (!isOnlyInText) return [change]
			return isSame(roleOf(before, key), roleOf(after, key)) ? [] : [{ ...change, parts: ['other' as const] }]
		}),
		sections: changedSections(old, next),
	}
}

function compareRole(key: string, before: RoleText | null, after: RoleText | null): RoleChange | null {
	if (before === null && after === null) return null
	if (before === null || after === null) {
		const status = before === null ? 'added' : 'removed'
		return { key, status, before, after, dropped: before?.asks ?? [], added: after?.asks ?? [], parts: [] }
	}
	const parts: RolePart[] = PARTS.filter((part) => !isSame(before[part], after[part]))
	for (const part of ACCESS_PARTS) {
		if (!isSame(before.access?.[part], after.access?.[part])) parts.push(part)
	}
	return {
		key,
		status: 'changed',
		before,
		after,
		dropped: without(before.asks, after.asks),
		added: without(after.asks, before.asks),
		parts,
	}
}

function changedSections(before: CharterText, after: CharterText): ChangedSection[] {
	const head = ({ title, organisation, boundary, jurisdiction, tenants }: CharterText) => ({
		title,
		organisation,
		boundary,
		jurisdiction,
		tenants,
	})
	const sections = [
		'facilities',
		'agreements',
		'apart',
		'lockbox',
		'breakGlass',
		'undisclosedRequester',
		'entra',
	] as const
	return [
		...(isSame(head(before), head(after)) ? [] : (['head'] as const)),
		...sections.filter((section) => !isSame(before[section], after[section])),
	]
}

const without = (asks: RoleText['asks'], others: RoleText['asks']) =>
	asks.filter((ask) => !others.some((other) => isSame(ask, other)))

const isSame = (a: unknown, b: unknown) => canonicalJson(plain(a)) === canonicalJson(plain(b))

/** Without keys that say nothing, which have no JSON form. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as Json
