/** Text as it may stand in HTML, between tags and in quoted attributes. */
export const escaped = (text: string | number) =>
	String(text)
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')

/** HTML from a template: what is put in is escaped, but for what is HTML already and lists of such. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
	return new Html(parts.reduce((text, part, i) => text + plain(values[i - 1] ?? null) + part))
}

export class Html {
	readonly text: string
	constructor(text: string) {
		this.text = text
	}
}

type HtmlValue = string | number | null | Html | readonly Html[]

function plain(value: HtmlValue): string {
	if (value === null) return ''
	if (value instanceof Html) return value.text
	return Array.isArray(value) ? value.map(({ text }: Html) => text).join('') : escaped(value as string)
}
