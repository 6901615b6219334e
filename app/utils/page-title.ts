import type { LoaderFunction, MetaArgs, MetaDescriptor } from '@remix-run/node'
import { createText, LANGUAGES, type Language, type Text, type TextKey } from '#app/messages/create-text.ts'

type TitleKey = Exclude<Extract<TextKey, `titles.${string}`>, 'titles.page'>
type Told<Loader extends LoaderFunction> = NonNullable<MetaArgs<Loader>['data']>

/**
 * `meta` of a page: its title in the reader's language, "What - Charterkeep" (WCAG 2.4.2). It says what the page is for or
 * which request, case or entry it shows, and never who a person is: a browser keeps titles in its history.
 */
export function titled<Loader extends LoaderFunction>(
	key: TitleKey,
	valuesOf: (data: Told<Loader>, t: Text) => Record<string, string | number> = () => ({}),
) {
	return ({ matches, data, error }: MetaArgs<Loader>): MetaDescriptor[] => {
		const t = textOf(matches)
		if (error) return errorTitle({ matches, error })
		const values = data === undefined ? {} : valuesOf(data, t)
		return [{ title: t('titles.page', { what: t(key, values) }) }]
	}
}

/** Statuses that have words of their own; `$` answers what nothing else does with 404. */
const STATUSES = [403, 404, 409, 422, 503] as const

/** Title of the page that an error shows. */
export function errorTitle({ matches, error }: Pick<MetaArgs, 'matches' | 'error'>): MetaDescriptor[] {
	const t = textOf(matches)
	if (!error) return [{ title: 'Charterkeep' }]
	const given = typeof error === 'object' && 'status' in error ? error.status : 500
	const status = STATUSES.find((each) => each === given) ?? 500
	return [{ title: t('titles.page', { what: t(`errors.title${status}`) }) }]
}

/** The words of the language that the root has found for the reader. */
function textOf(matches: MetaArgs['matches']): Text {
	const root = matches.find((match) => match?.id === 'root')?.data as { language?: Language } | undefined
	const language = LANGUAGES.find((each) => each === root?.language) ?? 'en'
	const t = words.get(language) ?? createText(language)
	words.set(language, t)
	return t
}

/** Words are the same for everybody: made once, when first asked for. */
const words = new Map<Language, Text>()
