import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { fileProblemInWords } from '#app/messages/readiness-in-words.ts'
import type { FileProblem } from '#app/services/readiness/tenant-files.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'

/** Makes a report: by reading the tenant, or from what was exported of it. */
export function ReadinessMake({
	errors,
	problems,
	isReading,
}: {
	errors: FormErrors
	problems: readonly FileProblem[]
	/** One reading at a time: the button is back when it has ended. */
	isReading: boolean
}) {
	const { t } = useWords()
	return (
		<section className="card stack no-print">
			{problems.length > 0 ? (
				<div className="notice notice-bad" role="alert">
					<ul>
						{problems.slice(0, 50).map((problem) => (
							<li key={problem.file}>{fileProblemInWords(t, problem)}</li>
						))}
					</ul>
				</div>
			) : null}
			{isReading ? null : (
				<Form method="post" className="row">
					<input type="hidden" name="intent" value="tenant" />
					<Button>{t('readiness.makeFromTenant')}</Button>
				</Form>
			)}
			<details open={problems.length > 0 || errors.files !== undefined}>
				<summary>{t('readiness.files')}</summary>
				{/* A whole document, so that the browser shows how far large files are. */}
				<Form method="post" encType="multipart/form-data" reloadDocument className="stack">
					<input type="hidden" name="intent" value="files" />
					<Field id="files" label={t('readiness.files')} hint={t('readiness.filesHint')} error={errors.files}>
						{(aria) => (
							<input {...aria} className="input" type="file" multiple accept=".json,application/json" />
						)}
					</Field>
					<div>
						<Button look="plain">{t('readiness.makeFromFiles')}</Button>
					</div>
				</Form>
			</details>
		</section>
	)
}
