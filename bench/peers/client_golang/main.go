// The process that does the small works and renders expositions with client_golang.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

var (
	methods  = []string{"GET", "POST", "PUT", "DELETE"}
	routes   = []string{"/", "/users", "/users/:id", "/users/:id/orders", "/orders/:id", "/products/:id/reviews", "/search", "/health"}
	statuses = []string{"200", "500"}
	names    = []string{"method", "route", "status"}
	buckets  = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5}
	seconds  [256]float64
	registry = prometheus.NewRegistry()
)

func values(series int) []string {
	return []string{methods[series&3], routes[(series>>2)&7], statuses[(series>>5)&1]}
}

func counterVec(name string) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: "Work."}, names)
	registry.MustRegister(vec)
	return vec
}

func bindCounter(name string) (bound [64]prometheus.Counter) {
	vec := counterVec(name)
	for i := range bound {
		bound[i] = vec.WithLabelValues(values(i)...)
	}
	return bound
}

func histogramVec(name string) *prometheus.HistogramVec {
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: "Work.", Buckets: buckets}, names)
	registry.MustRegister(vec)
	return vec
}

// works maps the name of a work to a function that does it so many times.
func works() map[string]func(int) {
	counters := bindCounter("counter_bound")
	one := bindCounter("counter_one")[0]
	floats := bindCounter("counter_float")
	byObject := counterVec("counter_object")
	byValues := counterVec("counter_values")
	gauges := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "gauge_bound", Help: "Work."}, names)
	registry.MustRegister(gauges)
	var boundGauges [64]prometheus.Gauge
	observers := histogramVec("histogram_bound")
	natives := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "native_bound", Help: "Work.", NativeHistogramBucketFactor: 1.1}, names)
	registry.MustRegister(natives)
	var boundNatives [64]prometheus.Observer
	var bound [64]prometheus.Observer
	for i := range bound {
		bound[i] = observers.WithLabelValues(values(i)...)
		boundNatives[i] = natives.WithLabelValues(values(i)...)
		boundGauges[i] = gauges.WithLabelValues(values(i)...)
	}
	oneGauge := boundGauges[0]
	valueGauges := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "gauge_values", Help: "Work."}, names)
	registry.MustRegister(valueGauges)
	oneObserver := histogramVec("histogram_one").WithLabelValues(values(0)...)
	observeValues := histogramVec("histogram_values")
	observeObject := histogramVec("histogram_object")
	return map[string]func(int){
		"counter_bound_64": func(n int) {
			for i := 0; i < n; i++ {
				counters[i&63].Inc()
			}
		},
		"counter_bound_1": func(n int) {
			for i := 0; i < n; i++ {
				one.Inc()
			}
		},
		"counter_float_64": func(n int) {
			for i := 0; i < n; i++ {
				floats[i&63].Add(0.5)
			}
		},
		"counter_object_64": func(n int) {
			for i := 0; i < n; i++ {
				byObject.With(prometheus.Labels{"method": methods[i&3], "route": routes[(i>>2)&7], "status": statuses[(i>>5)&1]}).Inc()
			}
		},
		"counter_values_64": func(n int) {
			for i := 0; i < n; i++ {
				byValues.WithLabelValues(methods[i&3], routes[(i>>2)&7], statuses[(i>>5)&1]).Inc()
			}
		},
		"gauge_bound_64": func(n int) {
			for i := 0; i < n; i++ {
				boundGauges[i&63].Set(float64(i))
			}
		},
		"gauge_bound_1": func(n int) {
			for i := 0; i < n; i++ {
				oneGauge.Set(float64(i))
			}
		},
		"gauge_values_64": func(n int) {
			for i := 0; i < n; i++ {
				valueGauges.WithLabelValues(methods[i&3], routes[(i>>2)&7], statuses[(i>>5)&1]).Set(float64(i))
			}
		},
		"histogram_bound_1": func(n int) {
			for i := 0; i < n; i++ {
				oneObserver.Observe(seconds[i&255])
			}
		},
		"histogram_values_64": func(n int) {
			for i := 0; i < n; i++ {
				observeValues.WithLabelValues(methods[i&3], routes[(i>>2)&7], statuses[(i>>5)&1]).Observe(seconds[i&255])
			}
		},
		"histogram_bound_64": func(n int) {
			for i := 0; i < n; i++ {
				bound[i&63].Observe(seconds[i&255])
			}
		},
		"native_bound_64": func(n int) {
			for i := 0; i < n; i++ {
				boundNatives[i&63].Observe(seconds[i&255])
			}
		},
		"histogram_object_64": func(n int) {
			for i := 0; i < n; i++ {
				observeObject.With(prometheus.Labels{"method": methods[i&3], "route": routes[(i>>2)&7], "status": statuses[(i>>5)&1]}).Observe(seconds[i&255])
			}
		},
	}
}

// recorded sums all counters, or counts of histograms, of one family.
func recorded(name string) float64 {
	families, err := registry.Gather()
	if err != nil {
		panic(err)
	}
	sum := 0.0
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			sum += metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return sum
}

// scrape renders a registry in the text format.
func scrape(from *prometheus.Registry) []byte {
	families, err := from.Gather()
	if err != nil {
		panic(err)
	}
	var body bytes.Buffer
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(&body, family); err != nil {
			panic(err)
		}
	}
	return body.Bytes()
}

// render holds one family of the scrape suite.
type render struct {
	registry   *prometheus.Registry
	counters   []prometheus.Counter
	histograms []prometheus.Observer
}

func makeRender(kind string, series int) *render {
	made := &render{registry: prometheus.NewRegistry()}
	if kind == "counter" {
		vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bench_requests_total", Help: "Requests answered."}, names)
		made.registry.MustRegister(vec)
		for i := 0; i < series; i++ {
			made.counters = append(made.counters, vec.WithLabelValues(methods[i&3], "/route/"+strconv.Itoa(i>>3), statuses[(i>>2)&1]))
		}
		return made
	}
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "bench_seconds", Help: "Durations of requests.", Buckets: buckets}, names)
	made.registry.MustRegister(vec)
	for i := 0; i < series; i++ {
		made.histograms = append(made.histograms, vec.WithLabelValues(methods[i&3], "/route/"+strconv.Itoa(i>>3), statuses[(i>>2)&1]))
	}
	return made
}

func (made *render) touch(step int) {
	for i := 0; i < len(made.counters); i += step {
		made.counters[i].Add(float64(1 + i%7))
	}
	for i := 0; i < len(made.histograms); i += step {
		made.histograms[i].Observe(seconds[i&255])
	}
}

func main() {
	for i := range seconds {
		seconds[i] = 0.0005 * math.Pow(2, float64((i*97)%256)/18)
	}
	all := works()
	families := map[string]string{"counter_bound_64": "counter_bound", "counter_bound_1": "counter_one",
		"counter_object_64": "counter_object", "counter_values_64": "counter_values",
		"histogram_bound_64": "histogram_bound", "histogram_bound_1": "histogram_one", "histogram_values_64": "histogram_values", "native_bound_64": "native_bound", "histogram_object_64": "histogram_object"}
	done := map[string]int{}
	made := map[string]*render{}
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		words := strings.Fields(input.Text())
		switch words[0] {
		case "version":
			fmt.Printf("ok %q\n", os.Args[1])
		case "works":
			list := []string{}
			for name := range all {
				list = append(list, name)
			}
			text, _ := json.Marshal(list)
			fmt.Printf("ok %s\n", text)
		case "run":
			times, _ := strconv.Atoi(words[2])
			start := time.Now()
			all[words[1]](times)
			took := time.Since(start)
			done[words[1]] += times
			fmt.Printf("ok %g\n", float64(took.Nanoseconds())/float64(times))
		case "check":
			family, known := families[words[1]]
			if known && recorded(family) != float64(done[words[1]]) {
				fmt.Printf("error Cannot trust %s: it was done %d times, recorded are %g\n", words[1], done[words[1]], recorded(family))
			} else {
				fmt.Println("ok true")
			}
		case "define":
			series, _ := strconv.Atoi(words[3])
			made[words[1]] = makeRender(words[2], series)
			made[words[1]].touch(1)
			fmt.Println("ok true")
		case "render":
			family := made[words[1]]
			step, _ := strconv.Atoi(words[2])
			if step > 0 {
				family.touch(step)
			}
			start := time.Now()
			body := scrape(family.registry)
			took := time.Since(start)
			fmt.Printf("ok [%g,%d]\n", float64(took.Nanoseconds())/1e6, len(body))
		case "checksum":
			hash := fnv.New32a()
			hash.Write(scrape(made[words[1]].registry))
			fmt.Printf("ok %d\n", hash.Sum32())
		default:
			fmt.Printf("error Cannot answer %q: there is no such verb\n", words[0])
		}
	}
}
