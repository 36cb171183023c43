/**
 * Reads of images with whose, for which project and by which grant: the session says the person (source identity) and
 * the credential (its name); the AssumeRole that made it says project and grant, joined by the access key.
 */
function readsOfDays(table: string): string {
  return `WITH sessions AS (
  SELECT json_extract_scalar(responseelements, '$.credentials.accessKeyId') AS access_key,
         json_extract_scalar(requestparameters, '$.principalTags.ProjectId') AS project,
         json_extract_scalar(requestparameters, '$.principalTags.GrantId') AS grant_id
  FROM ${table}
  WHERE day BETWEEN ? AND ? AND eventsource = 'sts.amazonaws.com' AND eventname = 'AssumeRole' AND errorcode IS NULL
), reads AS (
  SELECT eventtime, eventname, errorcode,
         useridentity.sessioncontext.sourceidentity AS person,
         element_at(split(useridentity.arn, '/'), -1) AS credential,
         useridentity.accesskeyid AS access_key,
         json_extract_scalar(requestparameters, '$.studyInstanceUID') AS study,
         json_extract_scalar(requestparameters, '$.seriesInstanceUID') AS series,
         json_extract_scalar(requestparameters, '$.sopInstanceUID') AS instance
  FROM ${table}
  WHERE day BETWEEN ? AND ? AND eventsource = 'medical-imaging.amazonaws.com' AND eventcategory = 'Data'
)`;
}

/** Parameters in their order: first and last day (`yyyy/MM/dd`), the same again, Study Instance UID. */
export function readersOfStudy(table: string): string {
  return `${readsOfDays(table)}
SELECT person, project, grant_id, count_if(errorcode IS NULL) AS read, count_if(errorcode IS NOT NULL) AS denied,
       min(eventtime) AS first, max(eventtime) AS last
FROM reads LEFT JOIN sessions USING (access_key)
WHERE study = ?
GROUP BY person, project, grant_id
ORDER BY first`;
}

/** Parameters in their order: first and last day (`yyyy/MM/dd`), the same again, pseudonym of the person. */
export function readsOfPerson(table: string): string {
  return `${readsOfDays(table)}
SELECT eventtime, project, grant_id, credential, eventname, study, series, instance, errorcode
FROM reads LEFT JOIN sessions USING (access_key)
WHERE person = ?
ORDER BY eventtime`;
}
