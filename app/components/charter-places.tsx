import { noteLines, troubleLines, unknownLines } from '#app/messages/places-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import type { PlacesView, PlaceView } from '#app/services/charter/places-view.ts'
import { Icon } from './ui/icon.tsx'
import { Ago } from './ui/time.tsx'

const isUnfit = ({ is }: PlaceView) => is === 'unfit'
const isUnknown = ({ is, isWaiting }: PlaceView) => is === 'unknown' && !isWaiting

/** Whether places are about to be looked at, so that the page soon has something else to say. */
export const isWaitingForPlaces = (view: PlacesView | null): boolean =>
	view?.places.some(({ is, isWaiting }) => is === 'unknown' && isWaiting) ?? false

/** Whether the tenant could give what a charter names: what stands in the way first, then what is not known. */
export function PlacesCard({ view, reloadTo }: { view: PlacesView; reloadTo: string }) {
	const { t } = useWords()
	const { places, isSandbox, tenantName } = view
	const told = places.filter((place) => place.is !== 'fit' || noteLines(place, t).length > 0)
	const waiting = places.filter(({ is, isWaiting }) => is === 'unknown' && isWaiting)
	const others = places.length - told.length
	const shown = told.filter((place) => !waiting.includes(place))
	return (
		<section className="card" aria-labelledby="places" data-testid="places">
			<h2 id="places">{t('places.title')}</h2>
			<PlacesSummary view={view} />
			{waiting.length > 0 ? (
				<p className="muted" role="status">
					{t('places.waiting', { count: waiting.length, tenant: tenantName })}{' '}
					<a href={reloadTo}>{t('places.reload')}</a>
				</p>
			) : null}
			{shown.length > 0 ? (
				<ul className="places">
					{shown.toSorted(byWeight).map((place) => (
						<li key={place.role.key}>
							<strong>{place.role.title}</strong> <span className="muted">{place.charterName}</span>
							<PlaceLines place={place} isSandbox={isSandbox} />
						</li>
					))}
				</ul>
			) : null}
			{others > 0 && shown.length > 0 ? (
				<p className="muted">{t('places.others', { count: others })}</p>
			) : null}
		</section>
	)
}

const WEIGHT = { unfit: 0, unknown: 1, fit: 2 } as const
const byWeight = (a: PlaceView, b: PlaceView) => WEIGHT[a.is] - WEIGHT[b.is]

/** The state of all places in a sentence or two. Of the sandbox it is never a warning: it says nothing of the tenant to come. */
function PlacesSummary({ view: { places, isSandbox, tenantName } }: { view: PlacesView }) {
	const { t } = useWords()
	const unfit = places.filter(isUnfit).length
	const unknown = places.filter(isUnknown).length
	return (
		<>
			{isSandbox ? <p className="notice">{t('places.sandbox')}</p> : null}
			{unfit === 0 ? null : isSandbox ? (
				<p>{t('places.unfitSandbox', { count: unfit })}</p>
			) : (
				<div className="notice notice-bad">
					<p>
						<Icon name="alarm" /> <strong>{t('places.unfit', { count: unfit })}</strong>
					</p>
					<p>{t('places.unfitLead')}</p>
				</div>
			)}
			{unknown > 0 ? <p className="notice">{t('places.unknown', { count: unknown })}</p> : null}
			{places.length === 0 ? <p>{t('places.none')}</p> : null}
			{places.length > 0 && places.every(({ is }) => is === 'fit') ? (
				<p>{t('places.allFit', { tenant: tenantName })}</p>
			) : null}
		</>
	)
}

/** What is to be said of one place; nothing where it is well. */
export function PlaceLines({ place, isSandbox }: { place: PlaceView; isSandbox: boolean }) {
	const { t } = useWords()
	const troubles = troubleLines(place, t)
	const isWaiting = place.is === 'unknown' && place.isWaiting
	return (
		<>
			{troubles.map((line) => (
				<p key={line} className={isSandbox ? 'small breaks' : 'error small breaks'}>
					{isSandbox ? null : <Icon name="alarm" />} {line}
				</p>
			))}
			{isWaiting
				? null
				: unknownLines(place, t).map((line) => (
						<p key={line} className="small breaks">
							{line}
						</p>
					))}
			{noteLines(place, t).map((line) => (
				<p key={line} className="muted small breaks">
					{line}
				</p>
			))}
			{troubles.length > 0 && place.readAt !== null ? (
				<p className="muted small">
					{t('places.readAt')} <Ago at={place.readAt} />
				</p>
			) : null}
		</>
	)
}

/** The same in a line, where somebody is about to sign. */
export function PlacesInShort({ view: { places, isSandbox } }: { view: PlacesView }) {
	const { t } = useWords()
	const titles = (some: PlaceView[]) => some.map(({ role }) => role.title).join(', ')
	const unfit = places.filter(isUnfit)
	const unknown = places.filter(({ is }) => is === 'unknown')
	if (isSandbox) return t('places.sandbox')
	if (unfit.length === 0 && unknown.length === 0)
		return t(places.length === 0 ? 'places.none' : 'places.inShortFit')
	return (
		<>
			{unfit.length > 0 ? (
				<p className="error">
					<Icon name="alarm" /> {t('places.inShortUnfit', { roles: titles(unfit) })}
				</p>
			) : null}
			{unknown.length > 0 ? <p>{t('places.inShortUnknown', { roles: titles(unknown) })}</p> : null}
		</>
	)
}
