import type { PlaceView } from '#app/services/charter/places-view.ts'
import type { Text } from './create-text.ts'

/** What stands in the way of giving a place, each with what mends it and who does. */
export function troubleLines(place: PlaceView, t: Text): string[] {
	const name = place.name ?? place.charterName
	return place.troubles.map(
		({ code, mender }) =>
			`${t(`places.trouble_${code}`, { name, id: idOf(code, place) })} ${t(`places.mends_${mender}`)}`,
	)
}

/** By what the charter names that which stands in the way. */
export function idOf(code: PlaceView['troubles'][number]['code'], { ids }: PlaceView): string {
	if (code === 'unitMissing') return ids.scope?.split('/').at(-1) ?? ''
	return ids.groupId ?? ids.roleTemplateId ?? ''
}

/** What is not known of a place, and why. */
export const unknownLines = ({ unknown }: PlaceView, t: Text): string[] =>
	unknown.map(({ kind, why, code }) => {
		const said = code === null ? t(`places.why_${why}`) : `${t(`places.why_${why}`)} (${code})`
		return t(`places.unknown_${kind}`, { why: said })
	})

/** What should be known of a place that can be given. */
export const noteLines = ({ notes, name, charterName }: PlaceView, t: Text): string[] => [
	...(name !== null && name.toLowerCase() !== charterName.toLowerCase()
		? [t('places.calledOther', { name })]
		: []),
	...notes.map((note) => t(`places.note_${note}`)),
]

/**
 * Where in the text a role's place is: the line of what stands in the way, below the line of the role. Null where the text does not
 * name it any more: then what is known is of another text.
 */
export function lineOfPlace(text: string, place: PlaceView): number | null {
	const lines = text.split('\n')
	const role = lines.findIndex((line) => new RegExp(`^\\s+["']?${place.role.key}["']?\\s*:`).test(line))
	const first = place.troubles[0]
	const id =
		first === undefined ? (place.ids.groupId ?? place.ids.roleTemplateId ?? '') : idOf(first.code, place)
	const at = lines.findIndex((line, n) => n >= role && line.toLowerCase().includes(id.toLowerCase()))
	return role === -1 || at === -1 ? null : at + 1
}
