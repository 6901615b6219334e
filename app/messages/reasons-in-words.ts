import type { ClauseResult, Finding } from '#workflows/charter/verdict.ts'
import { durationMs, parsePeriod } from '#workflows/shared/instants.ts'
import type { Formats } from '#app/utils/format.ts'
import type { Text } from './create-text.ts'

type Words = { t: Text; format: Formats }

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** What a clause asks for, as one phrase: the same on pages, in explanations and on the command line. */
export function requirementText(
	{ t, format }: Words,
	{ code, required }: Pick<ClauseResult, 'code' | 'required'>,
): string {
	const or = (items: readonly string[]) =>
		items.length === 0 ? t('reasons.nobody') : items.join(` ${t('reasons.or')} `)
	const countries = (value: unknown) => or(listOf(value).map(format.country))
	const names = (value: unknown) => or(listOf(value))
	switch (code) {
		case 'ROLE_KNOWN':
		case 'SUSPENDED':
		case 'UNION_CITIZEN':
		case 'US_PERSON':
		case 'UNION_RESIDENT':
			return t(`reasons.${code}`)
		case 'CITIZENSHIP':
		case 'CITIZENSHIP_SOLE':
		case 'RESIDENCE':
			return t(`reasons.${code}`, { list: countries(required.anyOf) })
		case 'CITIZENSHIP_EXCLUDED':
			return t('reasons.CITIZENSHIP_EXCLUDED', { list: countries(required.noneOf) })
		case 'DUAL_NATIONALITY':
			return listOf(required.onlyWith).length === 0
				? t('reasons.DUAL_NATIONALITY_forbidden')
				: t('reasons.DUAL_NATIONALITY', { list: countries(required.onlyWith) })
		case 'CLEARANCE':
			return required.remaining === undefined
				? t('reasons.CLEARANCE', { list: names(required.anyOf) })
				: t('reasons.CLEARANCE_remaining', {
						list: names(required.anyOf),
						time: listOf(required.remaining)
							.map((text) => periodText(format, text))
							.join(', '),
					})
		case 'CAVEAT':
			return t('reasons.CAVEAT', { caveat: String(required.caveat) })
		case 'BRIEFING':
		case 'TRAINING':
			return t(`reasons.${code}`, { key: String(required.key) })
		case 'EMPLOYER':
			return t(required.flowDown ? 'reasons.EMPLOYER_flowDown' : 'reasons.EMPLOYER', {
				list: names(required.anyOf),
			})
		case 'SEPARATION_OF_DUTY':
		case 'SEPARATION_ACTIVE':
			return t(`reasons.${code}`, { list: names(required.noneOf) })
		case 'APPOINTMENT':
		case 'FACILITY':
		case 'PRESENCE':
			return t(`reasons.${code}`, { list: names(required.anyOf) })
		case 'WORKING_HOURS':
			return t('reasons.WORKING_HOURS', {
				from: String(required.from),
				until: String(required.until),
				zone: String(required.zone),
				days: listOf(required.days)
					.map((day) => t(`reasons.${day as 'mon'}`))
					.join(', '),
			})
		case 'CREDENTIAL': {
			const what = [
				...(required.deviceBound ? [t('reasons.deviceBound')] : []),
				...(required.attested ? [t('reasons.attested')] : []),
				...(required.aaguids === undefined
					? []
					: [t('reasons.models', { count: listOf(required.aaguids).length })]),
			]
			return t('reasons.CREDENTIAL', { what: what.length > 0 ? `: ${what.join(', ')}` : '' })
		}
		case 'DURATION':
			return t('reasons.DURATION', { duration: format.duration(durationMs(String(required.atMost)) ?? 0) })
	}
}

/** What was found, as a predicate; see `Finding`. */
export function findingText({ t, format }: Words, found: Finding): string {
	return t(`reasons.${found.is}`, { date: 'at' in found ? format.instant(found.at) : '' })
}

/** What mends a failing clause and who can. */
export function fixText(
	{ t }: Words,
	{ fix, fixedBy }: Pick<ClauseResult, 'fix' | 'fixedBy'>,
): { fix: string; who: string } {
	return {
		fix: fix === null ? '' : t(`reasons.${fix}`),
		who: t('reasons.whoCan', {
			owner: fixedBy === 'nobody' ? t('reasons.nobodyOwner') : t(`reasons.${fixedBy}`),
		}),
	}
}

/** A period in the reader's words, as far as it has one length; months are given as months. */
export function periodText(format: Formats, text: string): string {
	const parsed = parsePeriod(text)
	if (parsed === null) return text
	return [
		parsed.months > 0 ? format.months(parsed.months) : '',
		parsed.ms > 0 ? format.duration(parsed.ms) : '',
	]
		.filter(Boolean)
		.join(' ')
}
