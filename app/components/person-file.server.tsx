import { renderToStaticMarkup } from 'react-dom/server'
import { createText, type Language, type Text, type TextKey } from '#app/messages/create-text.ts'
import type { PersonData } from '#app/services/people/export-person.server.ts'
import { formats, type Formats } from '#app/utils/format.ts'
import { FACT_KINDS, type FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { factText } from './fact-words.ts'
import { PERSON_FILE_STYLE } from './person-file-style.ts'
import { kindKey } from './timeline.tsx'

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
type JsonObject = { readonly [name: string]: Json }
type Words = { t: Text; format: Formats }

type Lists = Omit<PersonData, 'format' | 'madeAt' | 'person' | 'facts' | 'told'> & PersonData['told']
/**
 * Lists of a person's file beside the facts, in the order in which they are printed. One that is in the file and not here, or
 * the other way round, does not compile.
 */
const SECTIONS = {
	accounts: true,
	directory: true,
	badges: true,
	badgeEvents: true,
	presences: true,
	evidenceFiles: true,
	enrolmentLinks: true,
	passkeys: true,
	requests: true,
	filedForOthers: true,
	filings: true,
	drafts: true,
	messages: true,
	accesses: true,
	decisions: true,
	absences: true,
	standsInFor: true,
	breakGlass: true,
	breakGlassWitnessed: true,
	breakGlassSignatures: true,
	lockboxRequests: true,
	lockboxDecisions: true,
	findings: true,
	findingDecisions: true,
	readinessTasks: true,
	providerRoles: true,
	sightings: true,
	duties: true,
	vettingCases: true,
	suspensions: true,
	amendments: true,
	amendmentSignatures: true,
	sessions: true,
	tokens: true,
	notices: true,
	mails: true,
	preferences: true,
	entries: true,
	acts: true,
	elsewhere: true,
} satisfies Record<keyof Lists, true>
const LISTS = Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]

/** Parts whose names are the record's own or a form's, and not ours to translate. */
const AS_WRITTEN = new Set([
	'opened',
	'asked',
	'offline',
	'fields',
	'refused',
	'terms',
	'proposedTerms',
	'modes',
])

/**
 * Everything that the JSON file of a person holds, as one page to read, keep and print: no script, nothing from elsewhere,
 * times in UTC. What a value is called in the JSON file stands in the page as well, as the value of a `data` or `time`
 * element, so that neither file says anything that the other does not. What is not recorded is left out.
 */
export function printPerson(data: PersonData, language: Language): Uint8Array {
	const words = { t: createText(language), format: formats(language, 'UTC') }
	// As the JSON file has it: dates as text, and nothing that JSON cannot say.
	const file = JSON.parse(JSON.stringify(data)) as JsonObject
	const page = renderToStaticMarkup(<PersonPage file={file} words={words} language={language} />)
	return new TextEncoder().encode(`<!doctype html>\n${page}\n`)
}

function PersonPage({ file, words, language }: { file: JsonObject; words: Words; language: Language }) {
	const { t } = words
	const person = file.person as JsonObject
	const facts = file.facts as readonly JsonObject[]
	const lists = { ...file, ...(file.told as JsonObject) }
	const title = t('personFile.title', { name: textOf(person.displayName) })
	const sections = [
		{ id: 'person', count: null },
		{ id: 'facts', count: facts.length },
		...LISTS.map((id) => ({ id, count: (lists[id] as readonly Json[]).length })),
	]
	return (
		<html lang={language}>
			<head>
				<meta charSet="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta httpEquiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
				<title>{title}</title>
				{/* A file is no page of ours: it is never served from this origin, and its only style is this. */}
				<style dangerouslySetInnerHTML={{ __html: PERSON_FILE_STYLE }} />
			</head>
			<body>
				<header>
					<h1>{title}</h1>
					<p>{t('personFile.lead')}</p>
					<dl>
						<Row name="madeAt" value={file.madeAt ?? null} words={words} />
						<Row name="format" value={file.format ?? null} words={words} />
					</dl>
				</header>
				<nav aria-label={t('personFile.contents')}>
					<ul>
						{sections.map(({ id, count }) => (
							<li key={id}>
								<a href={`#${id}`}>{t(`personFile.section_${id}` as TextKey)}</a>
								{count === null ? null : ` (${count})`}
							</li>
						))}
					</ul>
				</nav>
				<main>
					<section id="person">
						<h2>{t('personFile.section_person')}</h2>
						<Rows value={person} words={words} />
					</section>
					<section id="facts">
						<h2>{t('personFile.section_facts')}</h2>
						{facts.length === 0 ? <p>{t('personFile.nothing')}</p> : null}
						{FACT_KINDS.map((kind) => (
							<Facts
								key={kind}
								kind={kind}
								facts={facts.filter((fact) => fact.kind === kind)}
								words={words}
							/>
						))}
					</section>
					{LISTS.map((id) => (
						<List key={id} id={id} items={lists[id] as readonly JsonObject[]} words={words} />
					))}
				</main>
			</body>
		</html>
	)
}

function Facts({ kind, facts, words }: { kind: FactKind; facts: readonly JsonObject[]; words: Words }) {
	if (facts.length === 0) return null
	return (
		<>
			<h3>{words.t(`facts.kinds_${kind}`)}</h3>
			{facts.map(({ values, ...fact }) => (
				<article key={textOf(fact.id)} className={fact.retractedAt === null ? '' : 'retracted'}>
					<h4>
						{factText(words, { kind, values: values as never }, {})}
						{fact.retractedAt === null
							? null
							: ` (${words.t(facts.some(({ corrects }) => corrects === fact.id) ? 'facts.corrected' : 'facts.takenBack')})`}
					</h4>
					<Rows value={{ ...(values as JsonObject), ...fact }} words={words} />
				</article>
			))}
		</>
	)
}

function List({
	id,
	items,
	words,
}: {
	id: (typeof LISTS)[number]
	items: readonly JsonObject[]
	words: Words
}) {
	const { t } = words
	return (
		<section id={id}>
			<h2>{t(`personFile.section_${id}`)}</h2>
			{id === 'entries' || id === 'acts' || id === 'elsewhere' ? <p>{t(`personFile.${id}Lead`)}</p> : null}
			{items.length === 0 ? <p>{t('personFile.nothing')}</p> : null}
			{items.map((item, position) => (
				<article key={position}>
					{id === 'entries' || id === 'acts' ? (
						<h3>{t(kindKey(textOf(item.kind) as Parameters<typeof kindKey>[0]))}</h3>
					) : null}
					<Rows value={item} words={words} />
				</article>
			))}
		</section>
	)
}

/** What is recorded of an object, each by its name in words. */
function Rows({ value, words }: { value: JsonObject; words: Words }) {
	return (
		<dl>
			{Object.entries(value).map(([name, each]) => (
				<Row key={name} name={name} value={each} words={words} />
			))}
		</dl>
	)
}

function Row({ name, value, words }: { name: string; value: Json; words: Words }) {
	if (isEmpty(value)) return null
	const isWritten = AS_WRITTEN.has(name)
	return (
		<div className="row">
			<dt>{words.t(`personFile.key_${name}` as TextKey)}</dt>
			<dd>
				{isWritten ? (
					<Opened value={value} words={words} />
				) : (
					<Said name={name} value={value} words={words} />
				)}
			</dd>
		</div>
	)
}

const isEmpty = (value: Json): boolean =>
	value === null ||
	value === '' ||
	(Array.isArray(value) && value.length === 0) ||
	(isObject(value) && Object.values(value).every(isEmpty))

const textOf = (value: Json | undefined): string =>
	value === undefined || typeof value === 'object' ? '' : String(value)

const isObject = (value: Json): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value)

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** A value in words, with what the JSON file calls it. */
function Said({ name, value, words }: { name: string; value: Json; words: Words }) {
	const { t, format } = words
	if (isObject(value)) return <Rows value={value} words={words} />
	if (Array.isArray(value) && value.some(isObject))
		return (
			<ul>
				{(value as readonly Json[]).map((each, position) => (
					<li key={position}>
						<Said name={name} value={each} words={words} />
					</li>
				))}
			</ul>
		)
	if (Array.isArray(value))
		return (value as readonly Json[]).map((each, position) => (
			<span key={position}>
				{position > 0 ? ', ' : null}
				<Said name={name} value={each} words={words} />
			</span>
		))
	if (typeof value === 'boolean')
		return <data value={String(value)}>{t(value ? 'personFile.yes' : 'personFile.no')}</data>
	const text = textOf(value)
	if (INSTANT.test(text)) return <time dateTime={text}>{format.instant(text)}</time>
	if (name === 'country' || name === 'countries') return <data value={text}>{format.country(text)}</data>
	if (name === 'kind' && text.includes('.')) return <code>{text}</code>
	const told = t(`facts.${name}_${text}` as TextKey)
	return told === `facts.${name}_${text}` ? text : <data value={text}>{told}</data>
}

/** What lies behind the commitments of an entry, as it stands there. */
function Opened({ value, words }: { value: Json; words: Words }) {
	if (isObject(value))
		return (
			<dl>
				{Object.entries(value)
					.filter(([, each]) => !isEmpty(each))
					.map(([name, each]) => (
						<div className="row" key={name}>
							<dt>
								<code>{name}</code>
							</dt>
							<dd>
								<Opened value={each} words={words} />
							</dd>
						</div>
					))}
			</dl>
		)
	if (Array.isArray(value))
		return (
			<ul>
				{(value as readonly Json[]).map((each, position) => (
					<li key={position}>
						<Opened value={each} words={words} />
					</li>
				))}
			</ul>
		)
	const text = textOf(value)
	return INSTANT.test(text) ? <time dateTime={text}>{words.format.instant(text)}</time> : <>{text}</>
}
