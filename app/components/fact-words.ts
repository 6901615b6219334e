import { findLevel } from '#workflows/charter/clearance-schemes.ts'
import type { PersonFactView } from '#app/services/people/person-views.ts'
import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { Formats } from '#app/utils/format.ts'

type Words = { t: Text; format: Formats }

/** What a fact says, in one line. */
export function factText(
	{ t, format }: Words,
	{ kind, values }: Pick<PersonFactView, 'kind' | 'values'>,
	titles: Readonly<Record<string, string>>,
): string {
	const text = (name: string) => (typeof values[name] === 'string' ? values[name] : '')
	const choice = (name: string) => (text(name) === '' ? '' : t(`facts.${name}_${text(name)}` as TextKey))
	const joined = (...parts: string[]) => parts.filter((part) => part !== '').join(' · ')
	switch (kind) {
		case 'citizenship':
			return joined(format.country(text('country')), choice('document'), text('issuer'))
		case 'residence':
			return joined(format.country(text('country')), choice('status'))
		case 'clearance':
			return joined(
				`${text('scheme')} ${findLevel(text('scheme'), text('level'))?.name ?? text('level')}`,
				text('issuer'),
				choice('state'),
				text('post') === '' ? '' : t('facts.postShort', { post: text('post') }),
			)
		case 'readIn':
			return text('caveat')
		case 'briefing':
		case 'training':
			return text('key')
		case 'agreement':
			return joined(text('key'), text('party'))
		case 'employment':
			return joined(
				text('under') === ''
					? text('employer')
					: t('explain.under', { employer: text('employer'), under: text('under') }),
				values.flowDown === true ? t('facts.flowDownShort') : '',
			)
		case 'appointment':
			return titles[text('role')] ?? text('role')
		case 'facility':
			return titles[text('facility')] ?? text('facility')
		case 'travel':
			return Array.isArray(values.countries) ? values.countries.map(format.country).join(', ') : ''
		case 'visit':
			return joined(
				text('host'),
				format.country(text('country')),
				t('facts.certified', {
					level: `${text('scheme')} ${findLevel(text('scheme'), text('level'))?.name ?? text('level')}`,
				}),
			)
		case 'event':
			return joined(choice('event'), choice('severity'))
	}
}

/** The same as a form takes it, for correcting. */
export function factSent({
	kind,
	values,
	validFrom,
	validUntil,
	evidence,
}: PersonFactView): Record<string, string> {
	const sent: Record<string, string> = {
		validFrom: validFrom.slice(0, 10),
		validUntil: validUntil?.slice(0, 10) ?? '',
		evidence,
	}
	for (const [name, value] of Object.entries(values))
		sent[name] = Array.isArray(value)
			? value.join(' ')
			: value === true
				? 'on'
				: typeof value === 'string'
					? value
					: ''
	if (kind === 'clearance' || kind === 'visit') sent.level = `${sent.scheme} ${sent.level}`
	return sent
}
