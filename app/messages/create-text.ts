import { createInstance } from 'i18next'
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
