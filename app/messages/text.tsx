import { createInstance } from 'i18next'
import { createContext, useContext, useMemo, type ReactNode } from 'react'
import { formats, type Formats } from '#app/utils/format.ts'
import { de } from './de/index.ts'
import { en } from './en/index.ts'

export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

type Catalogue = typeof en
/** `area.key` of everything that can be said; plural forms are asked for without their suffix. */
export type TextKey = {
	[A in keyof Catalogue]: `${A}.${WithoutPlural<Extract<keyof Catalogue[A], string>>}`
}[keyof Catalogue]
type WithoutPlural<K extends string> = K extends `${infer Base}_one`
	? Base
	: K extends `${infer Base}_other`
		? Base
		: K
export type Text = (key: TextKey, values?: Record<string, string | number>) => string

/** The words of one language. All catalogues are at hand, so nothing is loaded and server and browser agree. */
export function createText(language: Language): Text {
	const instance = createInstance()
	void instance.init({
		lng: language,
		fallbackLng: 'en',
		initAsync: false,
		resources: { en: { translation: en }, de: { translation: de } },
		interpolation: { escapeValue: false },
	})
	return (key, values) => instance.t(key, values ?? {})
}

type Words = { t: Text; format: Formats; language: Language; now: string }
const WordsContext = createContext<Words | null>(null)

export function WordsProvider({
	language,
	timeZone,
	now,
	children,
}: {
	language: Language
	timeZone: string
	now: string
	children: ReactNode
}) {
	const words = useMemo(() => {
		const t = createText(language)
		return { t, language, now, format: formats(language, timeZone) }
	}, [language, timeZone, now])
	return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>
}

/** Words and formats of the reader's language. */
export function useWords(): Words {
	const words = useContext(WordsContext)
	if (!words) throw new Error('Words are used outside their provider.')
	return words
}
