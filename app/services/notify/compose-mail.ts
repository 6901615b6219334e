import { createText, type Language, type Text } from '#app/messages/create-text.ts'
import { formats } from '#app/utils/format.ts'
import type { NoticeKind, NoticeSubject } from '#workflows/notify/notice-kinds.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import { noticePath } from './notice-path.ts'

/** What a mail may say of a notice. Not a person, a role, a reason or a fact: a mail is read by many machines. */
export type MailLine = {
	kind: NoticeKind
	requestId: string | null
	subject: NoticeSubject | null
	subjectId: string | null
	number: number | null
	deadline: Instant | null
	at: Instant
}
export type ComposedMail = { subject: string; text: string; html: string }

/** What a notice is about, as people say it: R-204, or the kind of thing. */
export const aboutInWords = ({ number, subject }: Pick<MailLine, 'number' | 'subject'>, t: Text): string =>
	number !== null ? `R-${number}` : subject === null ? 'Charterkeep' : t(`notify.about_${subject}`)

/** The deadline of a notice as a sentence; null where it has none. */
export const deadlineInWords = (
	{ kind, deadline }: Pick<MailLine, 'kind' | 'deadline'>,
	t: Text,
	instant: (iso: string) => string,
): string | null =>
	deadline === null
		? null
		: t(BEGINS.has(kind) ? 'notify.beginsAt' : ENDS.has(kind) ? 'notify.endsAt' : 'notify.decideBy', {
				at: instant(deadline),
			})

const ENDS = new Set<NoticeKind>([
	'access_active',
	'access_ends_soon',
	'access_extended',
	'clearance_lapses',
	'break_glass_used',
])
/** What something must be done before. */
const BEGINS = new Set<NoticeKind>(['coverage_gap', 'coverage_gap_near'])

/** One mail as plain text and as HTML that holds nothing else: what, by when, and a link to the page. */
export function composeMail(
	lines: readonly MailLine[],
	{ language, zone, origin }: { language: Language; zone: string; origin: string },
): ComposedMail {
	const t = createText(language)
	const { instant } = formats(language, zone)
	const items = lines.map((line) => ({
		sentence: `${aboutInWords(line, t)}: ${t(`notify.kind_${line.kind}`)}`,
		deadline: deadlineInWords(line, t, instant),
		at: instant(line.at),
		link: `${origin}${noticePath(line)}`,
	}))
	const [first] = items
	const subject =
		items.length === 1 && first
			? `[Charterkeep] ${first.sentence}`
			: `[Charterkeep] ${t('notify.mailMany', { count: items.length })}`
	const foot = [t('notify.mailOnlyHere'), t('notify.mailWhy')]
	const preferences = `${origin}/inbox/preferences`
	const text = [
		...items.flatMap(({ sentence, deadline, at, link }) => [
			sentence,
			...(deadline === null ? [] : [deadline]),
			at,
			link,
			'',
		]),
		'-- ',
		...foot,
		preferences,
		'',
	].join('\n')
	const title = subject.replace('[Charterkeep] ', '')
	const isOne = items.length === 1
	const blocks = items.map(({ sentence, deadline, at, link }) =>
		[
			'<div class="item">',
			...(isOne ? [] : [`<h2>${escaped(sentence)}</h2>`]),
			...(deadline === null ? [] : [`<p><strong>${escaped(deadline)}</strong></p>`]),
			`<p class="soft">${escaped(at)}</p>`,
			`<p><a href="${escaped(link)}">${escaped(t('notify.mailOpen'))}</a></p></div>`,
		].join(''),
	)
	const html =
		`<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">` +
		`<meta name="supported-color-schemes" content="light dark"><title>${escaped(subject)}</title>` +
		`<style>${STYLE}</style></head><body><main><h1>${escaped(title)}</h1>${blocks.join('')}</main>` +
		`<footer class="soft">${foot.map((line) => `<p>${escaped(line)}</p>`).join('')}` +
		`<p><a href="${escaped(preferences)}">${escaped(t('notify.mailPreferences'))}</a></p></footer></body></html>\n`
	return { subject, text, html }
}

/** System colours follow the reader's theme, so nothing is ever dark on dark. */
const STYLE =
	':root{color-scheme:light dark}' +
	'body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:1.5rem auto;padding:0 1rem}' +
	'h1{font-size:1.3rem}h2{font-size:1rem;margin:0}p{margin:.2rem 0}.item{border-left:4px solid currentColor;padding:.2rem 0 .2rem 1rem;margin:0 0 1.5rem}' +
	'.soft{font-size:.9rem}'

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
