import { createCookie } from '@remix-run/node'
import { LANGUAGES, type Language } from '#app/messages/create-text.ts'

const session = createCookie('ck_session', { path: '/', httpOnly: true, sameSite: 'lax' })
const language = createCookie('ck_language', { path: '/', sameSite: 'lax', maxAge: 31_536_000 })
const theme = createCookie('ck_theme', { path: '/', sameSite: 'lax', maxAge: 31_536_000 })

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const oneOf = <T extends string>(known: readonly T[], value: unknown): T | undefined =>
	known.find((item) => item === value)

/** The session token that the browser holds; null when it holds none. */
export async function sessionTokenOf(request: Request): Promise<string | null> {
	const token: unknown = await session.parse(request.headers.get('cookie'))
	return typeof token === 'string' ? token : null
}

/** Header that stores the session token, or removes it. */
export const sessionCookie = (
	token: string | null,
	{ secure, expires }: { secure: boolean; expires?: Date },
) => session.serialize(token ?? '', token === null ? { secure, maxAge: 0 } : { secure, expires })

/** The reader's language: as chosen, else what the browser prefers, else English. */
export async function languageOf(request: Request): Promise<Language> {
	const chosen = oneOf(LANGUAGES, await language.parse(request.headers.get('cookie')))
	if (chosen) return chosen
	return preferredLanguage(request.headers.get('accept-language'))
}

/** The first language of this header (RFC 9110, section 12.5.4) that there is, else English. */
export function preferredLanguage(header: string | null): Language {
	const preferred = (header ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase())
	return preferred.map((code) => oneOf(LANGUAGES, code)).find((code) => code !== undefined) ?? 'en'
}

export async function themeOf(request: Request): Promise<Theme> {
	return oneOf(THEMES, await theme.parse(request.headers.get('cookie'))) ?? 'system'
}

/** Headers that store the preferences which the form names; unknown values are left out. */
export async function preferenceCookies(form: FormData): Promise<string[]> {
	const [wantedLanguage, wantedTheme] = [
		oneOf(LANGUAGES, form.get('language')),
		oneOf(THEMES, form.get('theme')),
	]
	return [
		...(wantedLanguage ? [await language.serialize(wantedLanguage)] : []),
		...(wantedTheme ? [await theme.serialize(wantedTheme)] : []),
	]
}
