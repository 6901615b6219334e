import { createContext, useContext, useMemo, type ReactNode } from 'react'
import { formats, type Formats } from '#app/utils/format.ts'
import { createText, type Language, type Text } from './create-text.ts'

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
