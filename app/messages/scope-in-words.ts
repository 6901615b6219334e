import { formats, type Formats } from '#app/utils/format.ts'
import type { Language, Text } from './create-text.ts'

/** How much a filter of the history restricts; zero is no restriction. */
export type Scope = {
	people: number
	roles: number
	facilities: number
	boundaries: number
	from: string | null
	until: string | null
	zone: string
}

/** What a history is of, as a sentence: also that it is of everybody, where nothing restricts it. */
export function scopeInWords(
	{ t, language }: { t: Text; language: Language; format: Formats },
	{ people, roles, facilities, boundaries, from, until, zone }: Scope,
): string {
	const { instant } = formats(language, zone)
	const period =
		from === null
			? until === null
				? t('audit.scopeEver')
				: t('audit.scopeUntil', { until: instant(until) })
			: until === null
				? t('audit.scopeFrom', { from: instant(from) })
				: t('audit.scopeBetween', { from: instant(from), until: instant(until) })
	const told = t('audit.scope', {
		people: people === 0 ? t('audit.scopeEveryone') : t('audit.scopePeople', { count: people }),
		roles: roles === 0 ? t('audit.scopeAllRoles') : t('audit.scopeRoles', { count: roles }),
		facilities:
			facilities === 0 ? t('audit.scopeAllFacilities') : t('audit.scopeFacilities', { count: facilities }),
		period,
	})
	return boundaries === 0 ? told : `${told} ${t('audit.scopeBoundaries', { count: boundaries })}`
}
