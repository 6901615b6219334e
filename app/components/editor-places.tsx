import { lineOfPlace, troubleLines, unknownLines } from '#app/messages/places-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import type { PlacesView } from '#app/services/charter/places-view.ts'
import { Button } from './ui/form.tsx'

/** Roles whose place the tenant could not give, each with its line; choosing one puts the cursor there. */
export function EditorPlaces({
	view,
	text,
	onChoose,
}: {
	view: PlacesView
	text: string
	onChoose: (line: number) => void
}) {
	const { t } = useWords()
	const told = view.places
		.filter(({ is, isWaiting }) => is === 'unfit' || (is === 'unknown' && !isWaiting))
		.flatMap((place) => {
			const line = lineOfPlace(text, place)
			return line === null ? [] : [{ place, line }]
		})
	const unfit = told.filter(({ place }) => place.is === 'unfit').length
	if (told.length === 0) return null
	return (
		<section
			className={unfit > 0 && !view.isSandbox ? 'notice notice-bad' : 'notice'}
			aria-labelledby="editor-places"
			data-testid="editor-places"
		>
			<h2 id="editor-places">
				{unfit > 0 ? t('places.editorTitle', { count: unfit }) : t('places.unknown', { count: told.length })}
			</h2>
			{view.isSandbox ? <p>{t('places.sandbox')}</p> : null}
			<p className="small">{t('places.editorLead')}</p>
			<ol className="problems">
				{told.map(({ place, line }) => (
					<li key={place.role.key}>
						<Button type="button" look="small" onClick={() => onChoose(line)}>
							{t('places.line', { line })}
						</Button>{' '}
						<strong>{place.role.title}</strong> <span className="muted">{place.charterName}</span>
						{[...troubleLines(place, t), ...unknownLines(place, t)].map((each) => (
							<p key={each} className="small breaks">
								{each}
							</p>
						))}
					</li>
				))}
			</ol>
		</section>
	)
}
