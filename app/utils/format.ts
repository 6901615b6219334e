import { countryNames as german } from '#app/messages/de/country-names.ts'
import { countryNames as english } from '#app/messages/en/country-names.ts'

/** How instants, durations and names of countries are written for a reader. */
export type Formats = ReturnType<typeof formats>

const UNION = { en: 'European Union', de: 'Europäische Union' } as const
/** Of our own: what a browser calls a country is not what the server does, and a page would be drawn anew for that. */
const COUNTRIES = { en: english, de: german } as const
const LOCALE = { en: 'en-GB', de: 'de-DE' } as const

/** Pure formats for a language and a time zone: the server and the browser write the same. */
export function formats(language: 'en' | 'de', timeZone: string) {
	const locale = LOCALE[language]
	const day = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short', year: 'numeric' })
	const clock = new Intl.DateTimeFormat(locale, {
		timeZone,
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
	})
	const seconds = new Intl.DateTimeFormat(locale, {
		timeZone,
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
		hourCycle: 'h23',
	})
	const zone = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' })
	const whole = new Intl.NumberFormat(locale)
	const zoneOf = (date: Date) =>
		zone.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? ''
	return {
		/** 23 Nov 2026 */
		date: (iso: string) => day.format(new Date(iso)),
		/** 23 Nov 2026 14:03 CET */
		instant: (iso: string) => {
			const date = new Date(iso)
			return `${day.format(date)} ${clock.format(date)} ${zoneOf(date)}`
		},
		/** 14:03:22 */
		time: (iso: string) => seconds.format(new Date(iso)),
		/** 1 h 20 min; the two largest units that are not zero. */
		duration: (ms: number) => durationText(ms),
		/** 6 months, 2 years. */
		months: (months: number) =>
			new Intl.NumberFormat(locale, {
				style: 'unit',
				unit: months % 12 === 0 ? 'year' : 'month',
				unitDisplay: 'long',
			}).format(months % 12 === 0 ? months / 12 : months),
		country: (code: string) => (code === 'EU' ? UNION[language] : (COUNTRIES[language][code] ?? code)),
		number: (value: number) => whole.format(value),
	}
}

function durationText(ms: number): string {
	const total = Math.max(0, Math.round(ms / 1000))
	const parts: [number, string][] = [
		[Math.floor(total / 86_400), 'd'],
		[Math.floor(total / 3600) % 24, 'h'],
		[Math.floor(total / 60) % 60, 'min'],
		[total % 60, 's'],
	]
	const first = parts.findIndex(([value]) => value > 0)
	if (first < 0) return '0 s'
	return parts
		.slice(first, first + 2)
		.filter(([value]) => value > 0)
		.map(([value, unit]) => `${value} ${unit}`)
		.join(' ')
}
