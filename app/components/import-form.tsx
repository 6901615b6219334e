import { Form } from '@remix-run/react'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import {
	columnsOf,
	IMPORT_KINDS,
	MOST_BYTES,
	MOST_ROWS,
	type FileProblem,
} from '#workflows/people/import/columns.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'

export const whatKey = (what: string): TextKey =>
	what === 'people' ? 'imports.people' : (`facts.kinds_${what}` as TextKey)

/** Takes a file for a dry run, and says what each kind of file looks like. */
export function ImportForm({ errors, what }: { errors: FormErrors; what: string }) {
	const { t, format } = useWords()
	return (
		<>
			{/* A whole document, so that the browser shows how far a large file is. */}
			<Form method="post" encType="multipart/form-data" reloadDocument className="card stack">
				<h2>{t('imports.upload')}</h2>
				<Field id="what" label={t('imports.what')} hint={t('imports.whatHint')} error={errors.what}>
					{(aria) => (
						<select className="input" {...aria} defaultValue={what}>
							{IMPORT_KINDS.map((kind) => (
								<option key={kind} value={kind}>
									{t(whatKey(kind))}
								</option>
							))}
						</select>
					)}
				</Field>
				<Field
					id="file"
					label={t('imports.file')}
					hint={t('imports.fileHint', {
						rows: format.number(MOST_ROWS),
						megabytes: MOST_BYTES / 1_000_000,
					})}
					error={errors.file}
				>
					{(aria) => <input className="input" type="file" accept=".csv,.txt,text/csv" {...aria} />}
				</Field>
				<div>
					<Button>{t('imports.examine')}</Button>
				</div>
				<p className="muted small">{t('imports.examineHint')}</p>
			</Form>
			<details className="card">
				<summary>{t('imports.columns')}</summary>
				<div className="stack">
					<p>{t('imports.columnsLead')}</p>
					<dl className="stack">
						{IMPORT_KINDS.map((kind) => (
							<div key={kind}>
								<dt>
									<strong>{t(whatKey(kind))}</strong>{' '}
									<a
										href={`/people/import/template/${kind}`}
										download
										aria-label={t('imports.templateOf', { what: t(whatKey(kind)) })}
									>
										{t('imports.template')}
									</a>
								</dt>
								<dd>
									{columnsOf(kind).map(({ name, required }, i) => (
										<span key={name}>
											{i > 0 ? ', ' : ''}
											<code>{name}</code>
											{required ? '' : ` ${t('imports.optional')}`}
										</span>
									))}
								</dd>
							</div>
						))}
					</dl>
				</div>
			</details>
		</>
	)
}

/** What is wrong with a file as a whole: all of it, and what to do. */
export function FileProblems({ problems }: { problems: readonly FileProblem[] }) {
	const { t, format } = useWords()
	if (problems.length === 0) return null
	return (
		<div className="notice notice-bad" role="alert">
			<p>
				<strong>{t('imports.fileRefused')}</strong>
			</p>
			<ul>
				{problems.map(({ problem, line, about, nearest }) => (
					<li key={`${problem} ${line} ${about}`}>
						{line === undefined ? '' : `${t('imports.line', { line })}: `}
						{t(`imports.file_${problem}` as TextKey, {
							about: about ?? '',
							nearest: nearest ?? '',
							rows: format.number(MOST_ROWS),
							megabytes: MOST_BYTES / 1_000_000,
						})}
					</li>
				))}
			</ul>
		</div>
	)
}
